namespace CodRetrieve.Service.Requests;

/// <summary>Something asked of the service is not done. The message is for the caller, and holds no secret and no path.</summary>
internal sealed class RequestRefusedException(RefusalKind kind, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public RefusalKind Kind { get; } = kind;
}
