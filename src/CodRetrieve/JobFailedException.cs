namespace CodRetrieve;

/// <summary>
/// The exception that is thrown when a job ended early because nothing more could succeed. <see cref="Exception.InnerException"/> is the cause: an
/// <see cref="ObjectStoreException"/> for a missing permission or a store that cannot be reached, a <see cref="DestinationException"/> for a full or
/// unwritable destination.
/// </summary>
public sealed class JobFailedException : CodRetrieveException
{
    internal JobFailedException(JobResult result, Exception cause)
        : base($"The job failed: {cause.Message}", cause) => Result = result;

    /// <summary>Gets what the job had done until then. What it saved is whole, and the next job does not fetch it again.</summary>
    public JobResult Result { get; }
}
