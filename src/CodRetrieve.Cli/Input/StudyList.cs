using CodRetrieve.Cli.Cohorts;

namespace CodRetrieve.Cli.Input;

/// <summary>Reads what studies are asked for: UIDs and files that list them, in the STUDY arguments, and the cohort of <c>--from</c>.</summary>
internal static class StudyList
{
    private const string StandardInput = "-";

    /// <param name="arguments">The arguments.</param>
    /// <param name="from">The file of <c>--from</c>, if there is one.</param>
    /// <param name="input">Opens standard input, for <c>@-</c>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="UsageException">A file cannot be read, holds lines that are no studies, or there is no UID at all.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(IReadOnlyList<string> arguments, string? from, Func<Stream> input, CancellationToken cancellationToken)
    {
        if (arguments.Count(argument => argument == "@" + StandardInput) + (from == StandardInput ? 1 : 0) > 1)
        {
            throw new UsageException("Standard input was given more than once, and can be read once.");
        }

        var studies = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var argument in arguments)
        {
            if (argument.StartsWith('@'))
            {
                studies.AddRange((await ReadFileAsync(argument[1..], CohortScope.Studies, input, cancellationToken).ConfigureAwait(false)).Where(known.Add));
            }
            else if (argument.StartsWith('-'))
            {
                // No UID begins so. What follows a sign of equality may be a secret.
                throw new UsageException($"There is no option '{argument.Split('=', ':')[0]}'.");
            }
            else if (known.Add(argument.Trim()))
            {
                studies.Add(argument.Trim());
            }
        }

        if (from is not null)
        {
            studies.AddRange((await ReadFileAsync(from, CohortScope.All, input, cancellationToken).ConfigureAwait(false)).Where(known.Add));
        }

        return studies.Count > 0 ? studies : throw new UsageException("No Study Instance UID was given.");
    }

    private static async Task<IReadOnlyList<string>> ReadFileAsync(string path, CohortScope scope, Func<Stream> input, CancellationToken cancellationToken)
    {
        var cohort = await Cohort.OpenAsync(path, input, scope, [], cancellationToken).ConfigureAwait(false);
        await using var closing = cohort.ConfigureAwait(false);
        RefuseParts(cohort);
        return (await cohort.SelectAsync(cancellationToken).ConfigureAwait(false)).Studies;
    }

    // Until a job takes a choice of series and instances: then this method goes, and the selection is passed on.
    private static void RefuseParts(Cohort cohort)
    {
        if (cohort.HasSeries || cohort.HasInstances)
        {
            throw new UsageException(
                $"The cohort '{cohort.Name}' names {(cohort.HasInstances ? "instances" : "series")}, and only whole studies can be retrieved yet. "
                + $"Give a list with its column StudyInstanceUID alone{(cohort.HasRowsWithoutStudy ? "" : $", or @{(cohort.Name == "standard input" ? "-" : cohort.Name)} for the whole studies of this one")}.");
        }
    }
}
