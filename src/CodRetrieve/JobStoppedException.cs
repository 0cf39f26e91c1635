namespace CodRetrieve;

/// <summary>
/// A job stopped before its end because nothing more could succeed. <see cref="Exception.InnerException"/> is the cause: an
/// <see cref="ObjectStoreException"/> for a missing permission, a <see cref="DestinationException"/> for a full or unwritable destination.
/// </summary>
public sealed class JobStoppedException : CodRetrieveException
{
    internal JobStoppedException(JobResult result, Exception cause)
        : base($"The job stopped: {cause.Message}", cause) => Result = result;

    /// <summary>What the job had done until then. What it saved is whole, and is not fetched again by the next job.</summary>
    public JobResult Result { get; }
}
