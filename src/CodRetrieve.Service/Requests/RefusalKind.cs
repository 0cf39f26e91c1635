namespace CodRetrieve.Service.Requests;

/// <summary>Why something asked of the service was not done.</summary>
internal enum RefusalKind
{
    /// <summary>What was asked for makes no sense as it is written (HTTP 400).</summary>
    Invalid,

    /// <summary>There is no such thing, or none that the caller may see (HTTP 404).</summary>
    NotFound,

    /// <summary>The state of the request does not allow it (HTTP 409).</summary>
    Conflict,

    /// <summary>The body is larger, or has more studies, than the settings allow (HTTP 413).</summary>
    TooLarge,

    /// <summary>The idempotency key was used for another request (HTTP 422).</summary>
    KeyReused,

    /// <summary>The store or the destination does not respond as it should (HTTP 502).</summary>
    Upstream,
}
