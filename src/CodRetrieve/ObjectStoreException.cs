namespace CodRetrieve;

/// <summary>A request to a store failed.</summary>
public sealed class ObjectStoreException : CodRetrieveException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="reason">Why the request failed.</param>
    /// <param name="message">What failed, naming the object and holding no secret.</param>
    /// <param name="innerException">The cause, or <see langword="null"/>.</param>
    public ObjectStoreException(ObjectStoreFailure reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>Gets why the request failed.</summary>
    public ObjectStoreFailure Reason { get; }

    /// <summary>Gets the HTTP status; <see langword="null"/> where there was no response or no HTTP.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Gets how long the store asked to wait before the next attempt (<c>Retry-After</c>); <see langword="null"/> where it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets a value indicating whether the same request may succeed later: <see cref="ObjectStoreFailure.Unavailable"/> and
    /// <see cref="ObjectStoreFailure.InvalidResponse"/>.</summary>
    public bool IsTransient => Reason is ObjectStoreFailure.Unavailable or ObjectStoreFailure.InvalidResponse;

    /// <summary>Gets a value indicating whether no other request can succeed either: <see cref="ObjectStoreFailure.Unauthorized"/>,
    /// <see cref="ObjectStoreFailure.Forbidden"/>, <see cref="ObjectStoreFailure.InsecureConnection"/>,
    /// <see cref="ObjectStoreFailure.ProxyAuthenticationRequired"/> and <see cref="ObjectStoreFailure.Unreachable"/>.</summary>
    public bool IsFatal => Reason is ObjectStoreFailure.Unauthorized or ObjectStoreFailure.Forbidden or ObjectStoreFailure.InsecureConnection
        or ObjectStoreFailure.ProxyAuthenticationRequired or ObjectStoreFailure.Unreachable;
}
