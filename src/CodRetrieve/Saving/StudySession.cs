using System.Collections.Concurrent;

namespace CodRetrieve.Saving;

/// <summary>What a job knows of a study that is its own until it is completed.</summary>
internal sealed class StudySession(string studyInstanceUid, RunMarker run, IDisposable studyLock, StudyReceipts receipts) : IDisposable
{
    public string StudyInstanceUid { get; } = studyInstanceUid;

    public RunMarker Run { get; } = run;

    /// <summary>What is known to be saved of the study.</summary>
    public StudyReceipts Receipts { get; } = receipts;

    /// <summary>The instances that must not be replaced: the names of their files, hashed.</summary>
    public ConcurrentDictionary<UInt128, bool> NotReplaced { get; } = [];

    /// <summary>What the layout keeps open for the study, ended with the session.</summary>
    public IDisposable? Work { get; set; }

    /// <summary>Leaves the study to other jobs.</summary>
    public void Dispose()
    {
        // First: whoever gets the lock may go on with what is left.
        Work?.Dispose();
        Receipts.Dispose();
        studyLock.Dispose();
    }
}
