namespace CodRetrieve.Jobs;

/// <summary>One study on its way through a job: how many of its series have not ended.</summary>
internal sealed class StudyRun(string studyInstanceUid, Relisting relisting)
{
    // One more than the series, until all of them are known.
    private int _open = 1;
    private int _hasFailures;
    private long _bytesSaved;

    public string StudyInstanceUid { get; } = studyInstanceUid;

    /// <summary>Lists the study again, once for all of its series whose tars changed at about the same time.</summary>
    public Relisting Relisting { get; } = relisting;

    public StudyInfo Info => new(StudyInstanceUid, IsComplete: Volatile.Read(ref _hasFailures) == 0);

    /// <summary>The bytes of the study's instances that this job saved.</summary>
    public long BytesSaved => Interlocked.Read(ref _bytesSaved);

    public void AddSaved(long bytes) => Interlocked.Add(ref _bytesSaved, bytes);

    public void AddSeries() => Interlocked.Increment(ref _open);

    public void AddFailure() => Volatile.Write(ref _hasFailures, 1);

    /// <summary>One series, or the listing, ended.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool Close() => Interlocked.Decrement(ref _open) == 0;
}
