using CodRetrieve.Saving;

namespace CodRetrieve.Verification;

/// <summary>
/// Asks for just what verifying found: the handler itself may take a corrupt instance for saved. That stays in its place until its
/// replacement is verified, which then takes the place by a rename.
/// </summary>
internal sealed class RepairSaveHandler : DelegatingSaveHandler
{
    private readonly Dictionary<string, HashSet<string>> _wanted;

    public RepairSaveHandler(ISaveHandler inner, VerificationResult verified)
        : base(inner)
    {
        var instances = verified.Issues.Where(issue => issue.IsRepairable && issue.SopInstanceUid is not null);
        _wanted = instances.GroupBy(Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Select(issue => issue.SopInstanceUid!).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        Studies = [.. verified.Issues.Where(issue => issue.IsRepairable).Select(issue => issue.StudyInstanceUid).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The studies of which something is wanted.</summary>
    public IReadOnlyList<string> Studies { get; }

    public override async ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken)
    {
        // Called for its side effects, too: it deletes leftovers, and renames a zip that cannot be read.
        var found = await InnerHandler.FindSavedAsync(series, cancellationToken).ConfigureAwait(false);
        var wanted = _wanted.GetValueOrDefault(Key(series.StudyInstanceUid, series.SeriesInstanceUid), []);
        return new SavedInstances(series.Instances.Select(instance => instance.SopInstanceUid).Where(sop => !wanted.Contains(sop)))
        {
            Outdated = wanted.Where(sop => found.Contains(sop) || found.Outdated.Contains(sop)).ToHashSet(StringComparer.Ordinal),
        };
    }

    private static string Key(VerificationIssue issue) => Key(issue.StudyInstanceUid, issue.SeriesInstanceUid!);

    private static string Key(string study, string series) => $"{study}/{series}";
}
