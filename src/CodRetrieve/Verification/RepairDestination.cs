using CodRetrieve.Saving;

namespace CodRetrieve.Verification;

/// <summary>
/// A destination that asks for just what verifying found: a corrupt instance has the right size, so the destination itself would take it
/// for saved. It stays in its place until its replacement is verified, which then takes the place by a rename.
/// </summary>
internal sealed class RepairDestination : IDestination
{
    private readonly IDestination _inner;
    private readonly Dictionary<string, HashSet<string>> _wanted;

    public RepairDestination(IDestination inner, VerificationResult verified)
    {
        _inner = inner;
        var instances = verified.Issues.Where(issue => issue.IsRepairable && issue.SopInstanceUid is not null);
        _wanted = instances.GroupBy(Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Select(issue => issue.SopInstanceUid!).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        Studies = [.. verified.Issues.Where(issue => issue.IsRepairable).Select(issue => issue.StudyInstanceUid).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The studies of which something is wanted.</summary>
    public IReadOnlyList<string> Studies { get; }

    public ValueTask OpenAsync(IReadOnlyCollection<string> studyInstanceUids, CancellationToken cancellationToken) =>
        _inner.OpenAsync(studyInstanceUids, cancellationToken);

    public long? FreeBytes() => _inner.FreeBytes();

    public long BytesCarriedOver(string studyInstanceUid) => _inner.BytesCarriedOver(studyInstanceUid);

    public void ThrowIfNoRoom(long freeBytes, long bytesToSave, long bytesWaiting) => _inner.ThrowIfNoRoom(freeBytes, bytesToSave, bytesWaiting);

    public async ValueTask<IReadOnlySet<string>> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken)
    {
        // Asked for what it does beside: it sweeps leftovers, and moves a zip out of the way that cannot be read.
        await _inner.FindSavedAsync(series, cancellationToken).ConfigureAwait(false);
        var wanted = _wanted.GetValueOrDefault(Key(series.StudyInstanceUid, series.SeriesInstanceUid), []);
        return series.Instances.Select(instance => instance.SopInstanceUid).Where(sop => !wanted.Contains(sop)).ToHashSet(StringComparer.Ordinal);
    }

    public ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken) =>
        _inner.SaveAsync(instance, content, cancellationToken);

    public ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken) => _inner.CompleteStudyAsync(study, cancellationToken);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private static string Key(VerificationIssue issue) => Key(issue.StudyInstanceUid, issue.SeriesInstanceUid!);

    private static string Key(string study, string series) => $"{study}/{series}";
}
