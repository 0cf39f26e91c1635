using System.Collections.Concurrent;

namespace CodRetrieve.Dimse;

/// <summary>The instances that are to be committed, study by study. Safe for use by several threads.</summary>
internal sealed class PendingCommitments
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, PendingCommitment>> _studies = new(StringComparer.Ordinal);

    public void Add(InstanceInfo instance, PendingCommitment pending) =>
        _studies.GetOrAdd(instance.Series.StudyInstanceUid, static _ => new(StringComparer.Ordinal))[$"{instance.Series.SeriesInstanceUid}/{instance.SopInstanceUid}"] = pending;

    /// <summary>Takes those of a study.</summary>
    public IReadOnlyCollection<PendingCommitment> Take(string studyInstanceUid) => _studies.TryRemove(studyInstanceUid, out var study) ? [.. study.Values] : [];

    public void Clear() => _studies.Clear();
}
