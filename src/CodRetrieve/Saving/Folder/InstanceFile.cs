using System.Buffers;
using CodRetrieve.Catalog;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>The file of one instance while it is written: beside its final place, so that the rename stays on one volume and is atomic.</summary>
internal static class InstanceFile
{
    public const int BufferSize = 256 * 1024;

    private const string Extension = ".dcm";
    private const string PartialExtension = ".dcm.partial";

    // Below this a preallocation costs more than it saves.
    private const long PreallocateFrom = 1024 * 1024;

    public static string Name(string sopInstanceUid) => sopInstanceUid + Extension;

    public static string PartialName(string sopInstanceUid) => $".{sopInstanceUid}{PartialExtension}";

    /// <summary>Whether a file has a name that <see cref="Name"/> gives.</summary>
    public static bool IsName(ReadOnlySpan<char> name) =>
        name.EndsWith(Extension, StringComparison.Ordinal) && SafeUid.IsSafe(name[..^Extension.Length]);

    /// <summary>Whether a file has a name that <see cref="PartialName"/> gives; others are not ours to delete.</summary>
    public static bool IsPartialName(ReadOnlySpan<char> name) => name.Length > PartialExtension.Length && name[0] == '.'
        && name.EndsWith(PartialExtension, StringComparison.Ordinal) && SafeUid.IsSafe(name[1..^PartialExtension.Length]);

    /// <summary>Whether a file is so large that it pays to ask the file system for its room before it is written.</summary>
    public static bool NeedsRoom(long? sizeBytes) => sizeBytes >= PreallocateFrom;

    /// <summary>Makes the file, empty, with room for its bytes where the file system gives it.</summary>
    public static SafeFileHandle Create(string path, long? sizeBytes)
    {
        if (NeedsRoom(sizeBytes))
        {
            try
            {
                return Open(path, sizeBytes!.Value);
            }
            catch (IOException e) when (e.GetType() == typeof(IOException))
            {
                // No room for so much, says .NET without an error code. The size is only what an index claims, so let the writing tell:
                // a senseless size must not pass for a full disk, which would stop the job.
                return Open(path, 0);
            }
        }

        return Open(path, 0);
    }

    /// <summary>Copies content to its end. What reading throws passes unchanged; only what writing throws is a destination's fault.</summary>
    public static async ValueTask CopyAsync(Stream content, SafeFileHandle file, string directory, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (var offset = 0L; ;)
            {
                // Network reads give some KB at a time; a full buffer makes one write of many of them.
                var count = await content.ReadAtLeastAsync(buffer.AsMemory(0, BufferSize), BufferSize, throwOnEndOfStream: false, cancellationToken)
                    .ConfigureAwait(false);
                await WriteAsync(file, buffer.AsMemory(0, count), offset, directory, cancellationToken).ConfigureAwait(false);
                offset += count;
                if (count < BufferSize)
                {
                    return;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static SafeFileHandle Open(string path, long sizeBytes) =>
        File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.Asynchronous, sizeBytes);

    private static async ValueTask WriteAsync(
        SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, string directory, CancellationToken cancellationToken)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                await RandomAccess.WriteAsync(file, bytes, offset, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                // Elsewhere .NET writes on another thread of the pool, which blocks just as long; the change of threads costs more
                // than copying a small instance into the page cache.
                RandomAccess.Write(file, bytes.Span, offset);
            }
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }
    }
}
