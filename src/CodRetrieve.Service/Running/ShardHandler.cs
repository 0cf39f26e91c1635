using System.Collections.Concurrent;
using CodRetrieve.Saving;

namespace CodRetrieve.Service.Running;

/// <summary>Passes to the destination only what the lease of the shard allows, and knows what became of each study.</summary>
internal sealed class ShardHandler(ISaveHandler destination, ShardLease lease, Func<string, CancellationToken, ValueTask> onCompleted) : DelegatingSaveHandler(destination)
{
    private readonly ConcurrentDictionary<string, StudyTally> _studies = new(StringComparer.Ordinal);
    private long _planned;

    /// <summary>Gets the bytes that were found to be missing so far.</summary>
    public long BytesPlanned => Interlocked.Read(ref _planned);

    /// <summary>Gets the bytes that were handed to the destination.</summary>
    public long BytesSaved => _studies.Values.Sum(static study => study.Bytes);

    /// <summary>Gets the studies that the job completed, with failures or without.</summary>
    public ConcurrentDictionary<string, StudyInfo> Completed { get; } = new(StringComparer.Ordinal);

    public StudyTally TallyOf(string study) => _studies.GetOrAdd(study, static _ => new StudyTally());

    public override ValueTask<bool> TryBeginStudyAsync(string studyInstanceUid, CancellationToken cancellationToken)
    {
        lease.ThrowIfLost();
        return base.TryBeginStudyAsync(studyInstanceUid, cancellationToken);
    }

    public override async ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken)
    {
        var saved = await base.FindSavedAsync(series, cancellationToken);
        var (bytes, count) = (0L, 0);
        foreach (var instance in series.Instances)
        {
            if (saved.Contains(instance.SopInstanceUid))
            {
                count++;
            }
            else
            {
                bytes += instance.SizeBytes ?? 0;
            }
        }

        Interlocked.Add(ref _planned, bytes);
        TallyOf(series.StudyInstanceUid).Skip(series.SeriesInstanceUid, count);
        return saved;
    }

    public override async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        lease.ThrowIfLost();
        var place = await base.SaveAsync(instance, content, cancellationToken);
        TallyOf(instance.Series.StudyInstanceUid).Save(instance.SizeBytes ?? 0);
        return place;
    }

    public override async ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken)
    {
        await lease.ThrowIfLostAsync(cancellationToken);
        await base.CompleteStudyAsync(study, cancellationToken);
        Completed[study.StudyInstanceUid] = study;
        if (study.IsComplete)
        {
            await onCompleted(study.StudyInstanceUid, cancellationToken);
        }
    }
}
