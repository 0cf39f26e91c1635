using CodRetrieve.Catalog;
using CodRetrieve.IO;

namespace CodRetrieve.Jobs;

/// <summary>One study on its way through a job: how many of its series have not ended.</summary>
internal sealed class StudyRun(string studyInstanceUid, CoalescedOperation<StudyListing> relisting)
{
    // One more than the series, until all of them are known.
    private int _open = 1;
    private readonly List<RetrievalFailure> _failures = [];

    public string StudyInstanceUid { get; } = studyInstanceUid;

    /// <summary>Whether nothing of the study is saved, as far as a look at its place shows.</summary>
    public bool IsNew { get; init; }

    /// <summary>Lists the study again, once for all of its series whose tars changed at about the same time.</summary>
    public CoalescedOperation<StudyListing> Relisting { get; } = relisting;

    public StudyInfo Info
    {
        get
        {
            lock (_failures)
            {
                return new StudyInfo(StudyInstanceUid, IsComplete: _failures.Count == 0) { Failures = [.. _failures] };
            }
        }
    }

    public void AddSeries() => Interlocked.Increment(ref _open);

    public void AddFailure(RetrievalFailure failure)
    {
        lock (_failures)
        {
            _failures.Add(failure);
        }
    }

    /// <summary>One series, or the listing, ended.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool Close() => Interlocked.Decrement(ref _open) == 0;
}
