namespace CodRetrieve;

/// <summary>
/// The index of a series and its tar do not belong together, and a writer's lock is beside them: the series is being edited, or its writer died a short time
/// ago. Nothing of it is corrupt; retrieve it again later.
/// </summary>
public sealed class SeriesBeingEditedException : CodRetrieveException
{
    internal SeriesBeingEditedException(string tarUri, Exception cause)
        : base($"{tarUri}: the series is being edited: its index and its tar do not belong together, and a writer's lock is beside them. Run again later.", cause)
    {
    }
}
