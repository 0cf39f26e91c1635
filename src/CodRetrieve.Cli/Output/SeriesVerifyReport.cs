using CodRetrieve.Verification;

namespace CodRetrieve.Cli.Output;

/// <summary>What verifying found of one series, as JSON; its issues are listed with all others.</summary>
internal sealed record SeriesVerifyReport(string Study, string Series, int InstancesTotal, int InstancesVerified, long BytesVerified, int Issues)
{
    public static SeriesVerifyReport Of(SeriesVerification series) => new(
        series.StudyInstanceUid, series.SeriesInstanceUid, series.InstancesTotal, series.InstancesVerified, series.BytesVerified, series.Issues.Count);
}
