using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CodRetrieve.DependencyInjection.Tests.Support;

/// <summary>A forward proxy for plain http on a free port: takes requests in absolute form, passes them on, and notes them.</summary>
internal sealed class ForwardProxy : IAsyncDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly ConcurrentQueue<string> _targets = new();
    private readonly WebApplication _application;

    private ForwardProxy(WebApplication application)
    {
        _application = application;
        _application.Run(ForwardAsync);
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>What was asked for, as <c>path?query</c>.</summary>
    public IReadOnlyCollection<string> Targets => _targets;

    public static async Task<ForwardProxy> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var proxy = new ForwardProxy(builder.Build());
        await proxy._application.StartAsync();
        proxy.Address = new Uri(proxy._application.Urls.Single());
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _client.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        // A client that knows of the proxy sends the whole address.
        var target = new Uri(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, UriKind.Absolute);
        _targets.Enqueue(target.PathAndQuery);
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        foreach (var header in context.Request.Headers)
        {
            request.Headers.TryAddWithoutValidation(header.Key, header.Value.ToArray());
        }

        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var header in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            if (header.Key is not "Transfer-Encoding" and not "Connection")
            {
                context.Response.Headers.Append(header.Key, header.Value.ToArray());
            }
        }

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
