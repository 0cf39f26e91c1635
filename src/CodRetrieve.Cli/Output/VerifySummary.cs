using System.Globalization;

namespace CodRetrieve.Cli.Output;

/// <summary>What verifying found, as the last lines of its output.</summary>
internal static class VerifySummary
{
    public static void Write(TextWriter output, VerifyOutcome outcome)
    {
        var result = outcome.Result;
        foreach (var finding in result.Findings.Where(outcome.IsRepaired))
        {
            output.WriteLine($"repaired {finding}");
        }

        var counts = string.Join(", ", result.Findings.GroupBy(finding => finding.Kind).OrderBy(kind => kind.Key).Select(kind => $"{kind.Count()} {VerifyFindingReport.KindOf(kind.Key)}"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{VerifyReport.StateOf(outcome)}: {result.InstancesVerified} of {Count.Of(result.InstancesTotal, "instance")} verified, {(counts.Length == 0 ? "nothing found" : counts)}; {ByteSize.Text(result.BytesRead)} read in {result.Elapsed.TotalSeconds:0.0} s ({ByteSize.Rate(result.BytesRead, result.Elapsed)})"));
        if (outcome.WasRepaired)
        {
            output.WriteLine($"{result.Findings.Count(outcome.IsRepaired)} repaired, {ByteSize.Text(outcome.BytesFetched)} fetched");
        }
    }
}
