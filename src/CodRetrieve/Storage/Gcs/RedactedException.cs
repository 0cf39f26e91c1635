using System.Text.RegularExpressions;

namespace CodRetrieve.Storage;

/// <summary>Keeps a proxy's user name and password, which the platform puts into its messages with the proxy's address, out of exceptions.</summary>
internal static partial class RedactedException
{
    /// <summary>Returns an exception that may be an inner one: the same, or one that says the same without the user part of addresses.</summary>
    public static Exception Of(Exception exception)
    {
        if (!UserInfo().IsMatch(exception.ToString()))
        {
            return exception;
        }

        // Its inner exceptions may say it, too, and have no further use.
        var message = UserInfo().Replace(exception.Message, "://***@");
        return exception is HttpRequestException http
            ? new HttpRequestException(http.HttpRequestError, message, null, http.StatusCode)
            : new IOException(message);
    }

    // RFC 3986, 3.2.1; up to the last @ before the path, since a password may hold one that nobody escaped.
    [GeneratedRegex(@"://[^/\s'""]*@", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserInfo();
}
