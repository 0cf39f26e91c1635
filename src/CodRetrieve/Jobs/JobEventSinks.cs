namespace CodRetrieve.Jobs;

/// <summary>Where a job's events go.</summary>
internal sealed class JobEventSinks
{
    public required Action<SeriesProgressEventArgs> Progress { get; init; }

    public required Action<SeriesDownloadedEventArgs> Downloaded { get; init; }

    public required Action<SeriesExtractedEventArgs> Extracted { get; init; }

    public required Action<InstanceSavedEventArgs> Saved { get; init; }

    public required Action<JobCompletedEventArgs> Completed { get; init; }

    public required Action<JobErrorEventArgs> Error { get; init; }
}
