using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CodRetrieve.Testing;

/// <summary>An in-process Google Cloud Storage: the listing, the object resource and the media download of the JSON API, over HTTP/1.1 on
/// a free port of 127.0.0.1, with faults on demand.</summary>
/// <remarks>
/// Every member is thread-safe. Nothing is read from the environment, from settings files or from the command line, and nothing is
/// logged.
/// Read-only over HTTP: objects come into a <see cref="TestBucket"/> by its methods. Disposing breaks what is under way.
/// </remarks>
public sealed partial class GcsTestServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TestBucket> _buckets = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly GcsTestServerOptions _options;
    private readonly LinkSimulator? _link;
    private readonly ResponseSender _sender;
    private readonly RequestHandler _handler;
    private readonly RequestLog _log = new();
    private readonly WebApplication _application;
    private int _disposed;

    private GcsTestServer(GcsTestServerOptions options)
    {
        _options = options;
        _tokens = options.AcceptedTokens is null ? null : new(options.AcceptedTokens, StringComparer.Ordinal);
        IsRecording = options.RecordRequests;
        Faults = new FaultPlan(options.FaultSeed);
        _link = options.Link is { } link ? new LinkSimulator(link, options.TimeProvider) : null;
        _sender = new(options.TimeProvider, _log.Changed) { BytesPerSecond = options.BytesPerSecondPerConnection, Link = _link };
        _handler = new(FindBucket, Accepts, options.MaxResultsPerPage);
        _application = Build();
        _application.Run(HandleAsync);
    }

    /// <summary>Where the server listens, such as <c>http://127.0.0.1:34567/</c>.</summary>
    public Uri Endpoint { get; private set; } = new("http://127.0.0.1/");

    /// <summary>The buckets by name: a snapshot.</summary>
    public IReadOnlyDictionary<string, TestBucket> Buckets => new Dictionary<string, TestBucket>(_buckets, StringComparer.Ordinal);

    /// <summary>What goes wrong, and when; nothing at first.</summary>
    public FaultPlan Faults { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="options">How it behaves; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>A server that listens; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="IOException">No port could be bound.</exception>
    public static async Task<GcsTestServer> StartAsync(GcsTestServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new GcsTestServerOptions();
        options.Validate();
        var server = new GcsTestServer(options);
        try
        {
            await server._application.StartAsync(cancellationToken).ConfigureAwait(false);
            server.Endpoint = new Uri(server._application.Urls.Single());
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes an empty bucket.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public TestBucket CreateBucket(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var bucket = new TestBucket(name, _options.TimeProvider);
        return _buckets.TryAdd(name, bucket) ? bucket : throw new ArgumentException($"There is a bucket '{name}' already.", nameof(name));
    }

    /// <summary>Stops listening and breaks the connections; a second call does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.UseKestrelCore();

        // So small a buffer makes each flush wait for the socket: a fault "after n bytes" comes after exactly n bytes.
        builder.Services.Configure<SocketTransportOptions>(options => options.MaxWriteBufferSize = 1);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        return builder.Build();
    }

    private TestBucket? FindBucket(string name) => _buckets.GetValueOrDefault(name);
}
