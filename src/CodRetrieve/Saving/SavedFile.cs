using System.Buffers;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>What stands in an instance's place, open for reading.</summary>
internal sealed class SavedFile(Stream content, long sizeBytes, string location, Action? close = null) : IDisposable
{
    /// <summary>The size in the directory; reading may give fewer bytes where it is damaged.</summary>
    public long SizeBytes => sizeBytes;

    public string Location => location;

    /// <summary>Reads the content to its end, on the thread of the caller.</summary>
    /// <param name="bytesRead">
    /// Counts the bytes, also where reading fails: never many more than <see cref="SizeBytes"/>, whatever a damaged entry of a zip decompresses to.
    /// </param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The CRC32C.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is in a zip, and damaged there.</exception>
    public uint ComputeCrc32c(ref long bytesRead, CancellationToken cancellationToken)
    {
        var crc = 0u;
        var buffer = ArrayPool<byte>.Shared.Rent(InstanceFile.BufferSize);
        try
        {
            while (bytesRead <= sizeBytes && content.Read(buffer) is var count and > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                crc = Crc32C.Append(crc, buffer.AsSpan(0, count));
                bytesRead += count;
            }

            return crc;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose()
    {
        content.Dispose();
        close?.Invoke();
    }
}
