using System.Collections.Concurrent;
using CodRetrieve.IO;
using CodRetrieve.Storage;

namespace CodRetrieve.Tests.Support;

/// <summary>A user's own store: objects in memory, with whatever a test says of them.</summary>
internal sealed class MemoryStore : IObjectStore
{
    public ConcurrentDictionary<string, (byte[] Content, ObjectInfo Listed)> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>Puts an object. What is listed of it may be the truth about other bytes.</summary>
    public void Put(string name, byte[] content, byte[]? listedAs = null, string? contentEncoding = null) => Objects[name] = (content, new ObjectInfo
    {
        Name = name,
        SizeBytes = (listedAs ?? content).Length,
        Generation = 1,
        Crc32c = Crc32C.Append(0, listedAs ?? content),
        ContentEncoding = contentEncoding,
    });

    public string GetUri(string objectName) => $"memory://{objectName}";

    public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) => Task.FromResult(new ObjectListPage(
        [.. Objects.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value.Listed)],
        [],
        null));

    public Task<ObjectContent> OpenReadAsync(string objectName, long? generation, ByteRange? range, CancellationToken cancellationToken)
    {
        if (!Objects.TryGetValue(objectName, out var found))
        {
            throw new ObjectStoreException(ObjectStoreFailure.NotFound, $"{GetUri(objectName)}: none.");
        }

        var start = (int)Math.Min(range?.Start ?? 0, int.MaxValue);
        if (start > found.Content.Length)
        {
            throw new ObjectStoreException(ObjectStoreFailure.RangeNotSatisfiable, $"{GetUri(objectName)}: too short.");
        }

        var bytes = found.Content.AsMemory(start);
        return Task.FromResult(new ObjectContent(new PiecewiseStream(bytes, 5_003), start) { ObjectSizeBytes = found.Content.Length, LengthBytes = bytes.Length, Generation = 1 });
    }
}
