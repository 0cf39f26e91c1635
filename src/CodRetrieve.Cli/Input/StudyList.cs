using CodRetrieve.Cli.Cohorts;

namespace CodRetrieve.Cli.Input;

/// <summary>Reads what studies are asked for: UIDs and files that list them, in the STUDY arguments, and the cohort of <c>--from</c>.</summary>
internal static class StudyList
{
    private const string StandardInput = "-";

    /// <param name="arguments">The arguments.</param>
    /// <param name="from">The file of <c>--from</c>, if there is one.</param>
    /// <param name="columns">The columns of the cohort that are wanted.</param>
    /// <param name="input">Opens standard input, for <c>@-</c>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="UsageException">A file cannot be read, holds lines that are no studies, or there is no UID at all.</exception>
    public static async Task<StudyChoice> ReadAsync(
        IReadOnlyList<string> arguments, string? from, IReadOnlyCollection<string> columns, Func<Stream> input, CancellationToken cancellationToken)
    {
        if (arguments.Count(argument => argument == "@" + StandardInput) + (from == StandardInput ? 1 : 0) > 1)
        {
            throw new UsageException("Standard input was given more than once, and can be read once.");
        }

        var choice = new StudyChoice();
        foreach (var argument in arguments)
        {
            if (argument.StartsWith('@'))
            {
                await AddFileAsync(choice, argument[1..], CohortScope.Studies, [], input, cancellationToken).ConfigureAwait(false);
            }
            else if (argument.StartsWith('-'))
            {
                // No UID begins so. What follows a sign of equality may be a secret.
                throw new UsageException($"There is no option '{argument.Split('=', ':')[0]}'.");
            }
            else
            {
                choice.Add(argument.Trim());
            }
        }

        if (from is not null)
        {
            await AddFileAsync(choice, from, CohortScope.All, columns, input, cancellationToken).ConfigureAwait(false);
        }

        return choice.Studies.Count + choice.SeriesWithoutStudy.Count > 0 ? choice : throw new UsageException("No Study Instance UID was given.");
    }

    private static async Task AddFileAsync(
        StudyChoice choice, string path, CohortScope scope, IReadOnlyCollection<string> columns, Func<Stream> input, CancellationToken cancellationToken)
    {
        var cohort = await Cohort.OpenAsync(path, input, scope, columns, cancellationToken).ConfigureAwait(false);
        await using var closing = cohort.ConfigureAwait(false);
        await foreach (var row in cohort.RowsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (scope == CohortScope.Studies)
            {
                choice.Add(row.Study!);
            }
            else
            {
                choice.Add(row);
            }
        }
    }
}
