using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CodRetrieve.Testing;

/// <summary>A stand-in for a PACS with DICOMweb: store (STOW-RS), search (QIDO-RS) and retrieve (WADO-RS) of instances, over HTTP/1.1 or HTTPS on a free port of 127.0.0.1, with the faults of
/// real receivers on demand.</summary>
/// <remarks>
/// It keeps instances in memory, under the UIDs that are in the files, and looks at nothing else in them. Every member is thread-safe. Disposing breaks what is under way.
/// </remarks>
public sealed class DicomWebReceiver : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, StoredInstance> _instances = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<ReceiverRequest> _requests = new();
    private readonly ReceiverFaults _faults = new();
    private readonly ReceiverFaults _searchFaults = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly DicomWebReceiverOptions _options;
    private readonly WebApplication _application;
    private int _running;
    private int _disposed;

    private DicomWebReceiver(DicomWebReceiverOptions options)
    {
        _options = options;
        _application = Build(options);
        _application.Run(HandleAsync);
    }

    /// <summary>The service, such as <c>http://127.0.0.1:34567/dicom-web/</c>; over https the host is <c>localhost</c>.</summary>
    public Uri ServiceUrl { get; private set; } = new("http://127.0.0.1/");

    /// <summary>The instances by their SOP Instance UIDs: a snapshot.</summary>
    public IReadOnlyDictionary<string, byte[]> Instances => _instances.ToDictionary(static pair => pair.Key, static pair => pair.Value.Bytes, StringComparer.Ordinal);

    /// <summary>The requests so far, in the order of their beginning: a snapshot.</summary>
    public IReadOnlyList<ReceiverRequest> Requests => [.. _requests];

    /// <summary>The most store requests that were under way at the same time.</summary>
    public int PeakConcurrentStores { get; private set; }

    /// <summary>Starts a receiver.</summary>
    /// <param name="options">How it behaves; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>A receiver that listens; the caller disposes it.</returns>
    /// <exception cref="IOException">No port could be bound.</exception>
    public static async Task<DicomWebReceiver> StartAsync(DicomWebReceiverOptions? options = null, CancellationToken cancellationToken = default)
    {
        var receiver = new DicomWebReceiver(options ?? new());
        try
        {
            await receiver._application.StartAsync(cancellationToken).ConfigureAwait(false);
            var url = new Uri(receiver._application.Urls.Single());
            receiver.ServiceUrl = new Uri(receiver._options.ServerCertificate is null ? url : new Uri($"https://localhost:{url.Port}/"), "dicom-web/");
            return receiver;
        }
        catch
        {
            await receiver.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes store requests fail.</summary>
    /// <param name="fault">How.</param>
    /// <param name="times">How many of the next requests; <see cref="int.MaxValue"/> for all that come.</param>
    public void Fail(ReceiverFault fault, int times = 1) => _faults.Add(fault, times);

    /// <summary>Makes searches (QIDO-RS) and retrievals (WADO-RS) fail.</summary>
    /// <param name="fault">How: <see cref="ReceiverFault.Status"/> or <see cref="ReceiverFault.StatusUntilDate"/>.</param>
    /// <param name="times">How many of the next requests; <see cref="int.MaxValue"/> for all that come.</param>
    /// <exception cref="ArgumentException">It is a fault of store requests only.</exception>
    public void FailSearches(ReceiverFault fault, int times = 1)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (!fault.IsBeforeBody)
        {
            throw new ArgumentException($"The fault '{fault}' is one of store requests. Give one that is a status.", nameof(fault));
        }

        _searchFaults.Add(fault, times);
    }

    /// <summary>Puts an instance in place, as if somebody else had sent it.</summary>
    /// <param name="bytes">The file (DICOM Part 10).</param>
    /// <exception cref="ArgumentException">It is no DICOM file.</exception>
    public void Put(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var instance = StoredInstance.Read(bytes) ?? throw new ArgumentException("This is no DICOM file with the UIDs of its study, series and instance.", nameof(bytes));
        _instances[instance.SopInstanceUid] = instance;
    }

    /// <summary>Stops listening and breaks the connections; a second call does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _application.DisposeAsync().ConfigureAwait(false);
            _stopping.Dispose();
        }
    }

    private static WebApplication Build(DicomWebReceiverOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (options.ServerCertificate is { } certificate)
                {
                    listen.UseHttps(https => UseCertificates(https, certificate, options.AcceptedClientThumbprints));
                }
            });
        });
        return builder.Build();
    }

    private static void UseCertificates(HttpsConnectionAdapterOptions https, X509Certificate2 server, IReadOnlyCollection<string>? clients)
    {
        https.ServerCertificate = server;
        if (clients is not null)
        {
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, _, _) => clients.Contains(certificate.Thumbprint, StringComparer.OrdinalIgnoreCase);
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        var request = new ReceiverRequest(context.Request.Method, context.Request.Path.Value!, context.Request.QueryString.Value!)
        {
            ContentLength = context.Request.ContentLength,
            ContentType = context.Request.ContentType,
            Authorization = context.Request.Headers.Authorization.ToString(),
        };
        _requests.Enqueue(request);
        try
        {
            if (_options.AcceptedAuthorizations is { } accepted && !accepted.Contains(request.Authorization, StringComparer.Ordinal))
            {
                context.Response.StatusCode = 401;
            }
            else if (HttpMethods.IsPost(context.Request.Method))
            {
                await StoreAsync(context, request).ConfigureAwait(false);
            }
            else if (_searchFaults.Take() is { } fault)
            {
                await fault.RespondAsync(context, [], [], context.RequestAborted).ConfigureAwait(false);
            }
            else
            {
                await new ReceiverSearch(_instances.Values, _options).RespondAsync(context).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            request.IsAborted = true;
            context.Abort();
        }
        finally
        {
            request.Status = context.Response.StatusCode;
        }
    }

    private async Task StoreAsync(HttpContext context, ReceiverRequest request)
    {
        lock (_faults)
        {
            PeakConcurrentStores = Math.Max(PeakConcurrentStores, ++_running);
        }

        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
            await StoreAsync(context, request, _faults.Take(), stop.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (_faults)
            {
                _running--;
            }
        }
    }

    private async Task StoreAsync(HttpContext context, ReceiverRequest request, ReceiverFault? fault, CancellationToken cancellationToken)
    {
        if (fault is { IsBeforeBody: true })
        {
            await fault.RespondAsync(context, [], [], cancellationToken).ConfigureAwait(false);
            return;
        }

        using var body = new MemoryStream();
        await (fault?.ReadAsync(context.Request.Body, body, cancellationToken) ?? context.Request.Body.CopyToAsync(body, cancellationToken)).ConfigureAwait(false);
        var parts = MultipartBody.Split(body.ToArray(), context.Request.ContentType);
        request.PartCount = parts?.Count;
        var received = (parts ?? []).Select(static part => StoredInstance.Read(part)).ToList();

        // As measured with Orthanc: a chunked request, or a body without its end, is "stored" with status 200, and nothing of it is.
        var isIgnored = (request.ContentLength is null && _options.IgnoresChunkedRequests) || fault?.StoresNothingOf(request.ContentLength) == true;
        var stored = isIgnored ? [] : received.OfType<StoredInstance>().ToList();
        var (kept, refused) = fault?.Choose(stored) ?? (stored, []);
        foreach (var instance in kept)
        {
            if (!_options.KeepsExisting || !_instances.ContainsKey(instance.SopInstanceUid))
            {
                _instances[instance.SopInstanceUid] = instance;
            }
        }

        if (fault is not null)
        {
            await fault.RespondAsync(context, kept, refused, cancellationToken).ConfigureAwait(false);
            return;
        }

        context.Response.StatusCode = received.Contains(null) ? 400 : 200;
        if (context.Response.StatusCode == 200)
        {
            context.Response.ContentType = "application/dicom+json";
        }

        await context.Response.Body.WriteAsync(StoreResponses.Json(kept, []), cancellationToken).ConfigureAwait(false);
    }
}
