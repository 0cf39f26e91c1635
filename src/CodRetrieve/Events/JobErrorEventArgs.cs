namespace CodRetrieve;

/// <summary>Something failed.</summary>
public sealed class JobErrorEventArgs : EventArgs
{
    internal JobErrorEventArgs(RetrievalFailure failure) => Failure = failure;

    /// <summary>What failed.</summary>
    public RetrievalFailure Failure { get; }

    /// <summary>The name of what failed, without any secret.</summary>
    public string Uri => Failure.Uri;

    /// <summary>Its bytes; <see langword="null"/> where they are not known.</summary>
    public long? SizeBytes => Failure.SizeBytes;

    /// <summary>The cause.</summary>
    public Exception Exception => Failure.Exception;
}
