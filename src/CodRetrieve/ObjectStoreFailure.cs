namespace CodRetrieve;

/// <summary>Why a request to a store failed. The HTTP statuses are those of Cloud Storage's JSON API.</summary>
public enum ObjectStoreFailure
{
    /// <summary>The store could not be reached, was busy or broke off: 408, 429, 5xx, a reset, a stall. Worth another attempt.</summary>
    Unavailable,

    /// <summary>Many requests in a row failed as <see cref="Unavailable"/>, each after all its retries and after <see cref="CodDownloadOptions.MaxOutage"/>, and not a byte came in between.</summary>
    Unreachable,

    /// <summary>The response was not what was asked for: another range, a short body, another generation. Worth another attempt.</summary>
    InvalidResponse,

    /// <summary>The object, the bucket or the generation does not exist (404), or the caller may not know.</summary>
    NotFound,

    /// <summary>The object is no longer the one that was listed (412, or another generation).</summary>
    Changed,

    /// <summary>The range lies outside the object (416).</summary>
    RangeNotSatisfiable,

    /// <summary>No token, or one that is expired or invalid (401).</summary>
    Unauthorized,

    /// <summary>The token is valid but lacks the permission (403), or a requester-pays bucket was given no project: every request so far was refused.</summary>
    Forbidden,

    /// <summary>The token is valid but lacks the permission for this object (403); others were given, so the permissions differ from object to object.</summary>
    ObjectForbidden,

    /// <summary>The connection's certificate is not trusted, or a token would travel in the clear.</summary>
    InsecureConnection,

    /// <summary>A proxy on the way wants a login, or refused the one that it was given (407). Not tried again: a wrong password that is repeated locks an account.</summary>
    ProxyAuthenticationRequired,

    /// <summary>The request was refused for another reason (other 4xx, a redirect), or the response is not one of a store.</summary>
    Rejected,
}
