using System.Buffers;
using CodRetrieve.Catalog;
using CodRetrieve.IO;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>The name and the content of the file of one instance.</summary>
internal static class InstanceFile
{
    public const int BufferSize = 256 * 1024;

    private const string Extension = ".dcm";

    // Up to version 0.1 the name of an unfinished file was always the same.
    private const string OldPartialExtension = ".dcm.partial";

    // Below this a preallocation costs more than it saves.
    private const long PreallocateFrom = 1024 * 1024;

    public static string Name(string sopInstanceUid) => sopInstanceUid + Extension;

    /// <summary>The SOP Instance UID in a name that <see cref="Name"/> gives; <see langword="null"/> for other names.</summary>
    public static string? TryGetUid(string name) =>
        name.EndsWith(Extension, StringComparison.Ordinal) && SafeUid.IsSafe(name.AsSpan()[..^Extension.Length]) ? name[..^Extension.Length] : null;

    /// <summary>Whether a file is an unfinished one of a handler's; others are not ours to delete.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="owner">The run that it belongs to; empty for one of an older version.</param>
    public static bool IsPartialName(string name, out string owner) => PartialName.TryParse(name, out var uid, out owner)
        ? SafeUid.IsSafe(uid)
        : name.Length > OldPartialExtension.Length && name[0] == '.'
            && name.EndsWith(OldPartialExtension, StringComparison.Ordinal) && SafeUid.IsSafe(name.AsSpan(1, name.Length - 1 - OldPartialExtension.Length));

    /// <summary>Whether a file is large enough to reserve its space in the file system before it is written.</summary>
    public static bool NeedsReservation(long? sizeBytes) => sizeBytes >= PreallocateFrom;

    /// <summary>Copies content to its end. What reading throws passes unchanged; only what writing throws is a destination's fault.</summary>
    public static async ValueTask<WrittenBytes> CopyAsync(
        Stream content, SafeFileHandle file, long? sizeBytes, bool computeCrc32c, DestinationWriter writer, CancellationToken cancellationToken)
    {
        // One more than the content has, so that a small one is read and written at once.
        var size = (int)Math.Min(BufferSize, (sizeBytes ?? BufferSize) + 1);
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            uint? crc = computeCrc32c ? 0 : null;
            for (var offset = 0L; ;)
            {
                // Network reads give some KB at a time; a full buffer makes one write of many of them.
                var count = await content.ReadAtLeastAsync(buffer.AsMemory(0, size), size, throwOnEndOfStream: false, cancellationToken)
                    .ConfigureAwait(false);
                await writer.WriteAsync(file, buffer.AsMemory(0, count), offset, cancellationToken).ConfigureAwait(false);
                offset += count;
                crc = crc is { } before ? Crc32C.Append(before, buffer.AsSpan(0, count)) : null;
                if (count < size)
                {
                    return new WrittenBytes(offset, crc);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
