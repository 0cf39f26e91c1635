using System.Threading.Channels;

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

    /// <summary>Told of the job's totals; <see langword="null"/> when nobody asked.</summary>
    public IProgress<JobProgress>? Totals { get; init; }

    /// <summary>Given each saved instance, and waited for; <see langword="null"/> when nobody pulls.</summary>
    public ChannelWriter<InstanceResult>? Pull { get; init; }
}
