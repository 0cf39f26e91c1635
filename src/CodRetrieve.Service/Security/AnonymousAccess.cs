using System.Net;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Security;

/// <summary>
/// Says whether a request needs no credential: it comes from this machine, from a program or a page of the service itself, and nobody configured who may do what.
/// </summary>
internal sealed class AnonymousAccess(IOptions<SecurityOptions> options, IApiKeyStore keys)
{
    // Any of these says that somebody passed the request on, from wherever it came.
    private static readonly string[] OfProxies =
    [
        "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Port", "X-Forwarded-Server", "X-Real-IP", "X-Client-IP",
        "X-Original-For", "X-Original-Host", "X-Original-Proto", "True-Client-IP", "CF-Connecting-IP",
    ];

    // Keys are never deleted, so what was configured once stays so.
    private volatile bool _isConfigured;

    /// <summary>Whether the service knows who may do what: a provider is configured, or there is or was an API key.</summary>
    public async ValueTask<bool> IsConfiguredAsync(CancellationToken cancellationToken)
    {
        if (_isConfigured || options.Value.OpenIdConnect.IsConfigured)
        {
            return true;
        }

        _isConfigured = await keys.AnyAsync(cancellationToken);
        return _isConfigured;
    }

    public async ValueTask<bool> IsAllowedAsync(HttpContext context) =>
        options.Value.AllowAnonymousOnLoopback && IsFromHere(context) && !await IsConfiguredAsync(context.RequestAborted);

    /// <summary>Whether a connection is one of this machine with itself, for a name of this machine, and passed on by nobody.</summary>
    internal static bool IsFromHere(HttpContext context) =>
        context.Connection is { RemoteIpAddress: { } remote, LocalIpAddress: { } local } && IPAddress.IsLoopback(remote) && IPAddress.IsLoopback(local)
        && !Array.Exists(OfProxies, context.Request.Headers.ContainsKey)
        && IsNameOfLoopback(context.Request.Host.Host);

    // A name of somebody's that resolves to 127.0.0.1 would make the browser's pages from there the service's own.
    private static bool IsNameOfLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.TrimStart('[').TrimEnd(']'), out var address) && IPAddress.IsLoopback(address));
}
