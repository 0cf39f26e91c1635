namespace CodRetrieve;

/// <summary>Provides data for <see cref="Job.Error"/>: an instance, a series, a study or the job as a whole failed.</summary>
public sealed class JobErrorEventArgs : JobEvent
{
    internal JobErrorEventArgs(RetrievalFailure failure) => Failure = failure;

    /// <summary>Gets what failed.</summary>
    public RetrievalFailure Failure { get; }

    /// <summary>Gets the URI of what failed, without any secret.</summary>
    public string Uri => Failure.Uri;

    /// <summary>Gets its size in bytes; <see langword="null"/> where it is not known.</summary>
    public long? SizeBytes => Failure.SizeBytes;

    /// <summary>Gets the cause.</summary>
    public Exception Exception => Failure.Exception;
}
