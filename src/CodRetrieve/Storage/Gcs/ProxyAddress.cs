using System.Net;

namespace CodRetrieve.Storage;

/// <summary>A proxy as it is written in an environment variable: <c>[scheme://][user[:password]@]host[:port]</c>.</summary>
/// <param name="Uri">Its address, without user and password.</param>
/// <param name="Login">User and password; <see langword="null"/> where there are none.</param>
internal sealed record ProxyAddress(Uri Uri, NetworkCredential? Login)
{
    private static readonly string[] Schemes = ["http", "https", "socks4", "socks4a", "socks5"];

    /// <exception cref="ArgumentException">The text is no such address. The message holds no password.</exception>
    public static ProxyAddress Parse(string text, string variable)
    {
        var separator = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = separator < 0 ? "http" : text[..separator].ToLowerInvariant();
        var rest = (separator < 0 ? text : text[(separator + 3)..]).TrimEnd('/');

        // The last one: a password may hold one that nobody escaped.
        var at = rest.LastIndexOf('@');
        var host = rest[(at + 1)..];

        // As curl writes that the proxy resolves names, which it does here anyway.
        scheme = scheme == "socks5h" ? "socks5" : scheme;
        return Schemes.Contains(scheme, StringComparer.Ordinal) && Uri.TryCreate($"{scheme}://{host}", UriKind.Absolute, out var uri) && IsHostOnly(uri)
            ? new ProxyAddress(uri, at < 0 ? null : LoginOf(rest[..at]))
            : throw new ArgumentException($"The environment variable {variable} holds no address of a proxy. It must be like http://proxy.example:3128, with http, https or socks5 in front, and user:password@ before the host where the proxy wants them.");
    }

    private static bool IsHostOnly(Uri uri) => uri.Host.Length > 0 && uri.PathAndQuery is "/" or "" && uri.Fragment.Length == 0;

    private static NetworkCredential LoginOf(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var user = Uri.UnescapeDataString(colon < 0 ? text : text[..colon]);
        var password = colon < 0 ? "" : Uri.UnescapeDataString(text[(colon + 1)..]);

        // A domain of Windows is a part of its own, for NTLM.
        var backslash = user.IndexOf('\\', StringComparison.Ordinal);
        return backslash < 0 ? new NetworkCredential(user, password) : new NetworkCredential(user[(backslash + 1)..], password, user[..backslash]);
    }
}
