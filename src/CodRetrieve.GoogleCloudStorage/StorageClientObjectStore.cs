using System.Net.Http.Headers;
using Google.Apis.Storage.v1;
using Google.Cloud.Storage.V1;

namespace CodRetrieve.Storage;

/// <summary>
/// A bucket read through a <see cref="StorageClient"/> that the application has configured: its credential, endpoint, universe domain, proxy and handlers.
/// </summary>
/// <remarks>
/// <para>It lists, reads and fails as the store that <see cref="CodDownload.InitBucket(string)"/> opens. A body is streamed: its bytes are read from the connection as they are
/// asked for, and disposing it before its end gives the connection up.</para>
/// <para>One call makes one attempt, since a job retries by itself. The <see cref="RetryOptions"/> of the client's own methods have no part in it. What the application
/// added to the client's HTTP pipeline has: its credential gets a new token and tries once more after a 401, and a back-off handler retries as it is set, within one
/// attempt of the job. Redirects are not followed.</para>
/// <para>Of an object stored with content-encoding <c>gzip</c> the stored bytes come. Where a handler of the application's decompresses responses,
/// <see cref="ObjectContent.IsDecompressed"/> says so.</para>
/// <para>The <see cref="StorageClient.EncryptionKey"/> of the client is sent with each request for an object's bytes.</para>
/// <para>Safe for use by several jobs at once. Does not dispose the client.</para>
/// </remarks>
public sealed class StorageClientObjectStore : IObjectStore
{
    private readonly StorageService _service;
    private readonly StorageRequestSender _sender;
    private readonly GcsResponseReader _responses;
    private readonly string _bucket;
    private readonly string? _userProject;

    /// <summary>Initializes a new instance of the <see cref="StorageClientObjectStore"/> class.</summary>
    /// <param name="client">The client; it stays yours, and must not be disposed while the store is in use.</param>
    /// <param name="bucket">The bucket's name, without <c>gs://</c> and prefix.</param>
    /// <param name="options">The options, which are copied; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> or a value in <paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// The bucket's name is none that Cloud Storage allows, or the client has no <see cref="StorageClient.Service"/>, as one made for a test may.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="StorageClientObjectStoreOptions.IdleTimeout"/> is not more than zero.</exception>
    public StorageClientObjectStore(StorageClient client, string bucket, StorageClientObjectStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        BucketName.ThrowIfNotAllowed(bucket, nameof(bucket));
        options ??= new StorageClientObjectStoreOptions();
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.IdleTimeout, TimeSpan.Zero, nameof(options));
        ArgumentNullException.ThrowIfNull(options.TimeProvider, nameof(options));
        _service = ServiceOf(client);
        _bucket = bucket;
        _userProject = options.UserProject;
        _sender = new StorageRequestSender(_service, client.EncryptionKey, options.IdleTimeout, options.TimeProvider);
        _responses = new GcsResponseReader(new ReadLimits(options.IdleTimeout, MinBytesPerSecond: 0), options.TimeProvider);
    }

    /// <inheritdoc/>
    public string GetUri(string objectName) => $"gs://{_bucket}/{objectName}";

    /// <inheritdoc/>
    public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) =>
        ListPageAsync(prefix, null, pageToken, cancellationToken);

    /// <inheritdoc/>
    public Task<ObjectListPage> ListFromAsync(string prefix, string startOffset, string? pageToken, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(startOffset);
        return ListPageAsync(prefix, startOffset, pageToken, cancellationToken);
    }

    private async Task<ObjectListPage> ListPageAsync(string prefix, string? startOffset, string? pageToken, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var list = new ObjectsResource.ListRequest(_service, _bucket)
        {
            Prefix = prefix,
            StartOffset = startOffset,
            PageToken = pageToken,
            MaxResults = 1000,
            Fields = GcsResponseReader.ListFields,
            UserProject = _userProject,
        };
        var uri = GetUri(prefix);
        using var response = await _sender.SendAsync(list, range: null, uri, cancellationToken).ConfigureAwait(false);
        return await _responses.ReadListingAsync(response, uri, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ObjectContent> OpenReadAsync(string objectName, long? generation, ByteRange? range, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(objectName);
        var uri = GetUri(objectName);
        var response = await SendAsync(range).ConfigureAwait(false);
        if (range is not null && IsRangeOfDecompressed(response))
        {
            // A part of a gzip stream, which a handler of the application's would fail to decompress: only the whole object can be had.
            response.Dispose();
            response = await SendAsync(null).ConfigureAwait(false);
        }

        return await _responses.ReadBodyAsync(response, uri, isPinned: generation is not null, cancellationToken).ConfigureAwait(false);

        Task<HttpResponseMessage> SendAsync(ByteRange? wanted)
        {
            var get = new ObjectsResource.GetRequest(_service, _bucket, objectName)
            {
                Alt = StorageBaseServiceRequest<Google.Apis.Storage.v1.Data.Object>.AltEnum.Media,
                Generation = generation,
                UserProject = _userProject,
            };
            return _sender.SendAsync(get, wanted is { } bytes ? new RangeHeaderValue(bytes.Start, bytes.EndExclusive - 1) : null, uri, cancellationToken);
        }
    }

    private static bool IsRangeOfDecompressed(HttpResponseMessage response) =>
        response.Content.Headers is { ContentRange: not null, ContentEncoding.Count: 0 }
        && response.Headers.TryGetValues("x-goog-stored-content-encoding", out var stored) && stored.Contains("gzip", StringComparer.Ordinal);

    private static StorageService ServiceOf(StorageClient client)
    {
        try
        {
            return client.Service ?? throw new ArgumentException("The client has no service to send requests with.", nameof(client));
        }
        catch (NotImplementedException e)
        {
            throw new ArgumentException("The client has no service to send requests with. Build it with StorageClientBuilder or StorageClient.Create.", nameof(client), e);
        }
    }
}
