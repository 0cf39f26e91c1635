namespace CodRetrieve.Jobs;

/// <summary>One study on its way through a job: how many of its series are not yet at an end.</summary>
internal sealed class StudyRun(string studyInstanceUid)
{
    // One more than the series, until all of them are known.
    private int _open = 1;
    private int _hasFailures;
    private long _bytesSaved;

    public string StudyInstanceUid { get; } = studyInstanceUid;

    public StudyInfo Info => new(StudyInstanceUid, IsComplete: Volatile.Read(ref _hasFailures) == 0);

    /// <summary>The bytes of the study's instances that this job saved.</summary>
    public long BytesSaved => Interlocked.Read(ref _bytesSaved);

    public void AddSaved(long bytes) => Interlocked.Add(ref _bytesSaved, bytes);

    public void AddSeries() => Interlocked.Increment(ref _open);

    public void AddFailure() => Volatile.Write(ref _hasFailures, 1);

    /// <summary>One series, or the listing, came to its end.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool Close() => Interlocked.Decrement(ref _open) == 0;
}
