using System.Net;

namespace CodRetrieve.Storage;

/// <summary>
/// The proxy that the environment names: <c>https_proxy</c>, <c>http_proxy</c> and <c>all_proxy</c>, with <c>no_proxy</c>, in small or capital letters; where there is none,
/// the system's. This machine, and the server of metadata that a machine of Google's asks for its login, are never asked through a proxy.
/// </summary>
/// <remarks>
/// <c>no_proxy</c> is a list of names, which stand for the names below them as well (with and without a dot in front), addresses, ranges of
/// addresses (<c>10.0.0.0/8</c>), each with a port or without, or <c>*</c> for everything.
/// </remarks>
internal sealed class EnvironmentProxy : IWebProxy
{
    // Both names, and the address, are the documented ones (Compute Engine documentation, "About VM metadata").
    private static readonly string[] MetadataServers = ["metadata.google.internal", "metadata", "169.254.169.254"];

    private readonly IReadOnlyDictionary<string, ProxyAddress?> _proxies;
    private readonly IReadOnlyList<string> _exceptions;
    private readonly IWebProxy? _system;

    /// <param name="get">Returns the value of an environment variable.</param>
    /// <param name="system">The proxy where no variable names one; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">A variable holds no address of a proxy.</exception>
    public EnvironmentProxy(Func<string, string?> get, IWebProxy? system = null)
    {
        // Capital letters may come from a request's header where the program runs as a CGI script ("httpoxy").
        var http = Read(get, "http_proxy") ?? (get("GATEWAY_INTERFACE") is null ? Read(get, "HTTP_PROXY") : null);
        var all = Read(get, "all_proxy") ?? Read(get, "ALL_PROXY");
        _proxies = new Dictionary<string, ProxyAddress?>(StringComparer.Ordinal)
        {
            [Uri.UriSchemeHttp] = http ?? all,
            [Uri.UriSchemeHttps] = Read(get, "https_proxy") ?? Read(get, "HTTPS_PROXY") ?? all,
        };
        _exceptions = [.. (get("no_proxy") ?? get("NO_PROXY") ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        _system = _proxies.Values.All(proxy => proxy is null) ? system : null;
        Credentials = new CredentialsOf(_proxies.Values);
    }

    /// <summary>The one of this process.</summary>
    /// <exception cref="ArgumentException">A variable holds no address of a proxy.</exception>
    public static EnvironmentProxy OfProcess() => new(
        Environment.GetEnvironmentVariable,
        // On Linux that is the environment's, which is read here by the rules that curl has, too.
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? HttpClient.DefaultProxy : null);

    /// <summary>User and password of each proxy, for that proxy only.</summary>
    public ICredentials? Credentials { get; set; }

    /// <summary>Whether a proxy is given a password, which must not be tried again once it was refused.</summary>
    public bool HasPassword => _proxies.Values.Any(proxy => proxy?.Login is not null);

    public Uri? GetProxy(Uri destination) => IsExcepted(destination) ? null
        : _system is not null ? (_system.IsBypassed(destination) ? null : _system.GetProxy(destination))
        : _proxies.GetValueOrDefault(destination.Scheme)?.Uri;

    public bool IsBypassed(Uri host) => GetProxy(host) is null;

    private static ProxyAddress? Read(Func<string, string?> get, string variable) =>
        get(variable)?.Trim() is { Length: > 0 } text ? ProxyAddress.Parse(text, variable) : null;

    private bool IsExcepted(Uri destination) =>
        destination.IsLoopback
        || MetadataServers.Contains(destination.Host, StringComparer.OrdinalIgnoreCase)
        || (_system is null && _exceptions.Any(exception => Matches(exception, destination)));

    private static bool Matches(string exception, Uri destination)
    {
        if (exception == "*")
        {
            return true;
        }

        if (IPAddress.TryParse(destination.IdnHost, out var address))
        {
            return IPNetwork.TryParse(exception, out var network) ? network.Contains(address) : address.Equals(AddressIn(exception, destination.Port));
        }

        var name = WithoutPort(exception, destination.Port)?.TrimStart('*').TrimStart('.');
        return !string.IsNullOrEmpty(name)
            && destination.IdnHost.EndsWith(name, StringComparison.OrdinalIgnoreCase)
            && (destination.IdnHost.Length == name.Length || destination.IdnHost[^(name.Length + 1)] == '.');
    }

    private static IPAddress? AddressIn(string exception, int port) =>
        IPAddress.TryParse(exception, out var address) || IPAddress.TryParse(WithoutPort(exception, port), out address) ? address : null;

    // A port that is another one leaves nothing that could match.
    private static string? WithoutPort(string exception, int port)
    {
        var colon = exception.LastIndexOf(':');
        if (colon < 0)
        {
            return exception;
        }

        return int.TryParse(exception.AsSpan(colon + 1), out var own) && own != port ? null : exception[..colon];
    }

    private sealed class CredentialsOf(IEnumerable<ProxyAddress?> proxies) : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType) =>
            proxies.FirstOrDefault(proxy => proxy is not null && proxy.Uri.Host == uri.Host && proxy.Uri.Port == uri.Port)?.Login;
    }
}
