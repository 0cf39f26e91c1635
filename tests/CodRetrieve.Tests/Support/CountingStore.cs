using System.Collections.Concurrent;
using CodRetrieve.IO;
using CodRetrieve.Storage;

namespace CodRetrieve.Tests.Support;

/// <summary>Counts the bytes that are read of each object.</summary>
internal sealed class CountingStore(IObjectStore inner) : IObjectStore
{
    public ConcurrentDictionary<string, long> BytesRead { get; } = new(StringComparer.Ordinal);

    public string GetUri(string objectName) => inner.GetUri(objectName);

    public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) =>
        inner.ListAsync(prefix, pageToken, cancellationToken);

    public async Task<ObjectContent> OpenReadAsync(string objectName, long? generation, ByteRange? range, CancellationToken cancellationToken)
    {
        var body = await inner.OpenReadAsync(objectName, generation, range, cancellationToken);
        var content = new Counting(body.Content, count => BytesRead.AddOrUpdate(objectName, count, (_, before) => before + count));
        return new ObjectContent(content, body.Offset, new Owner(body))
        {
            HasContentRange = body.HasContentRange,
            LengthBytes = body.LengthBytes,
            ObjectSizeBytes = body.ObjectSizeBytes,
            Generation = body.Generation,
            IsDecompressed = body.IsDecompressed,
        };
    }

    private sealed class Counting(Stream content, Action<int> read) : ForwardOnlyReadStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await content.ReadAsync(buffer, cancellationToken);
            read(count);
            return count;
        }
    }

    private sealed class Owner(ObjectContent body) : IDisposable
    {
        public void Dispose() => body.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
