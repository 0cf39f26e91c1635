using System.Collections.Concurrent;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>What a job knows of a study that is its own until it is completed.</summary>
internal sealed class StudySession(string studyInstanceUid, RunMarker run, FileLock studyLock) : IDisposable
{
    public string StudyInstanceUid { get; } = studyInstanceUid;

    public RunMarker Run { get; } = run;

    /// <summary>The entries of staged instances that this job saved or looked at: only these are put into the zip.</summary>
    public ConcurrentDictionary<string, bool> Staged { get; } = new(StringComparer.Ordinal);

    /// <summary>The series that this job looked at.</summary>
    public ConcurrentDictionary<string, bool> Series { get; } = new(StringComparer.Ordinal);

    /// <summary>Leaves the study to other jobs.</summary>
    public void Dispose() => studyLock.Dispose();
}
