namespace CodRetrieve.Storage;

/// <summary>How a request was rejected.</summary>
internal enum Rejection
{
    /// <summary>By the store, which said that there are too many.</summary>
    TooMany,

    /// <summary>By the store, which said that it is not available: too many, or something else.</summary>
    Unavailable,

    /// <summary>
    /// By no word at all: the connection was refused, or broke before a response. Firewalls and proxies do so when there are too many; but then, networks do so, too, so that it says
    /// nothing of few.
    /// </summary>
    NoResponse,
}
