using System.Buffers;
using System.Security.Cryptography;

namespace CodRetrieve.Testing;

/// <summary>The checksums of an object's stored bytes, as GCS writes them.</summary>
/// <param name="Crc32c">Base64 of the big-endian CRC32C, or null.</param>
/// <param name="Md5Hash">Base64 of the MD5, or null.</param>
public sealed record ObjectChecksums(string? Crc32c, string? Md5Hash)
{
    private const int BufferSize = 256 * 1024;

    internal static ObjectChecksums None { get; } = new(null, null);

    internal static async Task<ObjectChecksums> ComputeAsync(
        IObjectContent content, ObjectHashes hashes, CancellationToken cancellationToken)
    {
        if (hashes == ObjectHashes.None)
        {
            return None;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            // MD5 is what GCS gives as md5Hash; nothing here relies on it for security.
            using var md5 = hashes == ObjectHashes.Crc32cAndMd5 ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
            var crc = Crc32C.Initial;
            for (long offset = 0; offset < content.Length;)
            {
                var chunk = buffer.AsMemory(0, (int)Math.Min(BufferSize, content.Length - offset));
                await content.ReadAsync(offset, chunk, cancellationToken).ConfigureAwait(false);
                crc = Crc32C.Append(crc, chunk.Span);
                md5?.AppendData(chunk.Span);
                offset += chunk.Length;
            }

            return new ObjectChecksums(
                Crc32C.ToBase64(Crc32C.Finish(crc)),
                md5 is null ? null : Convert.ToBase64String(md5.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
