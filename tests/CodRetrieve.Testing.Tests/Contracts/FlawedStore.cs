using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using CodRetrieve.Storage;

namespace CodRetrieve.Testing.Tests.Contracts;

/// <summary>A store in memory that has everything, and one flaw.</summary>
internal sealed class FlawedStore(StoreFlaw flaw) : IObjectStoreFixture, IObjectStore
{
    private readonly ConcurrentDictionary<string, (byte[] Bytes, byte[] First, long Generation, string? Encoding)> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _usedTokens = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _connections = new(16);
    private long _generation;
    private int _calls;

    public IObjectStore Store => this;

    public IObjectStore StoreOfMissingBucket => flaw == StoreFlaw.MissingBucketIsEmpty ? new FlawedStore(StoreFlaw.None) : new MissingBucket();

    public int PageSize => 4;

    public Task PutAsync(string name, ReadOnlyMemory<byte> content, string? contentEncoding, CancellationToken cancellationToken)
    {
        var bytes = content.ToArray();
        _objects.AddOrUpdate(
            name,
            _ => (bytes, bytes, Interlocked.Increment(ref _generation), contentEncoding),
            (_, old) => (bytes, old.First, flaw == StoreFlaw.SameGeneration ? old.Generation : Interlocked.Increment(ref _generation), contentEncoding));
        return Task.CompletedTask;
    }

    public string GetUri(string objectName) => flaw == StoreFlaw.SameUri ? "memory:" : "memory:" + objectName;

    public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) =>
        ListFromAsync(prefix, "", pageToken, cancellationToken);

    public async Task<ObjectListPage> ListFromAsync(string prefix, string startOffset, string? pageToken, CancellationToken cancellationToken)
    {
        using var call = await BeginAsync(cancellationToken);
        prefix = flaw switch
        {
            StoreFlaw.IgnoresPrefix => "",
            StoreFlaw.FolderPrefix => prefix.TrimEnd('/') + "/",
            StoreFlaw.UnescapesNames => Uri.UnescapeDataString(prefix),
            _ => prefix,
        };
        var names = _objects.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)
            && string.CompareOrdinal(name, startOffset) >= (flaw == StoreFlaw.BeginsBehind ? 1 : 0)
            && (flaw != StoreFlaw.Delimiter || !name[prefix.Length..].Contains('/', StringComparison.Ordinal)));
        names = flaw == StoreFlaw.Unsorted ? names.OrderDescending(StringComparer.Ordinal) : names.Order(StringComparer.Ordinal);
        var start = pageToken is null ? 0 : int.Parse(pageToken, CultureInfo.InvariantCulture);
        if (flaw == StoreFlaw.TokensWorkOnce && pageToken is not null && !_usedTokens.TryAdd(prefix + pageToken, true))
        {
            start += PageSize;
        }

        var all = names.ToList();
        var next = start + PageSize < all.Count && !(flaw == StoreFlaw.LosesLastPage && start > 0) ? $"{(flaw == StoreFlaw.RepeatsToken ? PageSize : start + PageSize)}" : null;
        return new ObjectListPage([.. all.Skip(start).Take(PageSize).Select(Item)], [], next);
    }

    public async Task<ObjectContent> OpenReadAsync(string objectName, long? generation, Storage.ByteRange? range, CancellationToken cancellationToken)
    {
        using var call = await BeginAsync(cancellationToken);
        var name = flaw == StoreFlaw.UnescapesNames ? Uri.UnescapeDataString(objectName) : objectName;
        if (!_objects.TryGetValue(name, out var found))
        {
            return flaw switch
            {
                StoreFlaw.EmptyForMissing => new ObjectContent(new MemoryStream(), 0),
                StoreFlaw.OtherExceptionForMissing => throw new FileNotFoundException("There is no such object."),
                _ => throw Failure(ObjectStoreFailure.NotFound),
            };
        }

        if (generation is { } pinned && flaw != StoreFlaw.IgnoresGeneration && (pinned != found.Generation || flaw == StoreFlaw.RefusesPinned))
        {
            throw Failure(ObjectStoreFailure.Changed);
        }

        var bytes = flaw == StoreFlaw.StaleBytes ? found.First : found.Bytes;
        var start = range?.Start ?? 0;
        var end = Math.Min(range?.EndExclusive ?? bytes.Length, bytes.Length);
        if (range is not null && ((start >= bytes.Length && flaw != StoreFlaw.EmptyBehindEnd) || (range.Value.EndExclusive > bytes.Length && flaw == StoreFlaw.RefusesRangeBeyondEnd)))
        {
            throw Failure(ObjectStoreFailure.RangeNotSatisfiable);
        }

        if (found.Encoding == "gzip" && flaw == StoreFlaw.RangeOfDecompressed)
        {
            var plain = new MemoryStream();
            await using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            await gzip.CopyToAsync(plain, CancellationToken.None);
            plain.Position = start;
            return new ObjectContent(plain, start) { IsDecompressed = true };
        }

        start = Math.Min(start, bytes.Length);
        var shift = flaw == StoreFlaw.RangeOffByOne && range is not null && start > 0 ? 1 : 0;
        var length = (int)Math.Max(0, end - start) - (flaw == StoreFlaw.ShortBody && bytes.Length > 0 ? 1 : 0);
        await _connections.WaitAsync(CancellationToken.None);
        var body = new FlawedBody(bytes.AsMemory((int)start - shift, length), flaw, _connections, flaw == StoreFlaw.TokenEndsBody ? cancellationToken : default);
        return new ObjectContent(body, start)
        {
            HasContentRange = range is not null,
            LengthBytes = flaw == StoreFlaw.WrongLength ? length + 1 : length,
            ObjectSizeBytes = bytes.Length,
            Generation = found.Generation,
            IsCompressed = found.Encoding == "gzip" && flaw != StoreFlaw.SaysNothingOfGzip,
        };
    }

    private ObjectInfo Item(string name)
    {
        var found = _objects[name];
        var bytes = flaw == StoreFlaw.StaleListing ? found.First : found.Bytes;
        return new ObjectInfo
        {
            Name = flaw == StoreFlaw.UnescapesNames ? Uri.UnescapeDataString(name) : name,
            SizeBytes = bytes.Length + (flaw == StoreFlaw.WrongSize ? 1 : 0),
            Generation = found.Generation,
            Crc32c = Crc32C.Finish(Crc32C.Append(Crc32C.Initial, bytes)) + (flaw == StoreFlaw.WrongChecksum ? 1u : 0),
            ContentEncoding = found.Encoding,
        };
    }

    private async Task<IDisposable> BeginAsync(CancellationToken cancellationToken)
    {
        if (flaw != StoreFlaw.IgnoresCancelledToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (flaw == StoreFlaw.Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
        }

        if (flaw == StoreFlaw.BlocksThread)
        {
            // Ends with the check, so that it is nobody's thread for ever.
            cancellationToken.WaitHandle.WaitOne();
        }

        if (Interlocked.Increment(ref _calls) > 1 && flaw == StoreFlaw.OneCallAtATime)
        {
            throw new InvalidOperationException("Another call is under way.");
        }

        await Task.Yield();
        return new Call(this);
    }

    private static ObjectStoreException Failure(ObjectStoreFailure reason) => new(reason, "The store in memory gives nothing.");

    private sealed class Call(FlawedStore store) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref store._calls);
    }

    private sealed class MissingBucket : IObjectStore
    {
        public string GetUri(string objectName) => objectName;

        public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) => throw Failure(ObjectStoreFailure.NotFound);

        public Task<ObjectContent> OpenReadAsync(string objectName, long? generation, Storage.ByteRange? range, CancellationToken cancellationToken) =>
            throw Failure(ObjectStoreFailure.NotFound);
    }
}
