using System.Buffers;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// Keeps the bytes of one instance for a short time: the first of them in memory, what is beyond in a file that has no name where the system can do so, and is deleted with this in any case. For
/// one caller at a time.
/// </summary>
/// <param name="sizeHint">How many bytes are expected.</param>
/// <param name="writer">Writes the file.</param>
/// <param name="createFile">Creates the file.</param>
internal sealed class Spool(long? sizeHint, DestinationWriter writer, Func<FileStream> createFile) : IDisposable
{
    /// <summary>The most bytes that are kept in memory: most images are smaller, and a job holds two of these for each of its connections.</summary>
    public const int MaxMemoryBytes = 1024 * 1024;

    private const int MinMemoryBytes = 4096;

    private byte[] _memory = ArrayPool<byte>.Shared.Rent((int)Math.Clamp((sizeHint ?? 0) + 1, MinMemoryBytes, MaxMemoryBytes));
    private FileStream? _file;

    /// <summary>The number of bytes.</summary>
    public long Length { get; private set; }

    /// <summary>The CRC32C of all bytes.</summary>
    public uint Crc32c { get; private set; }

    /// <summary>What writing failed with, whatever the writer made of it; <see langword="null"/> while nothing did.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Adds bytes.</summary>
    /// <exception cref="DestinationException">No more can be saved.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var rest = bytes[AppendToMemory(bytes.Span)..];
        if (!rest.IsEmpty)
        {
            try
            {
                await writer.WriteAsync(File().SafeFileHandle, rest, Length - MaxMemoryBytes, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Fault ??= e;
                throw;
            }

            Length += rest.Length;
        }

        Crc32c = Crc32C.Append(Crc32c, bytes.Span);
    }

    /// <inheritdoc cref="AppendAsync"/>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes[AppendToMemory(bytes)..];
        if (!rest.IsEmpty)
        {
            try
            {
                writer.Write(File().SafeFileHandle, rest, Length - MaxMemoryBytes);
            }
            catch (Exception e)
            {
                Fault ??= e;
                throw;
            }

            Length += rest.Length;
        }

        Crc32c = Crc32C.Append(Crc32c, bytes);
    }

    /// <summary>Reads bytes.</summary>
    /// <returns>Their number, 0 at the end only.</returns>
    public int Read(Span<byte> buffer, long position)
    {
        var count = ReadFromMemory(buffer, position);
        return count > 0 || buffer.IsEmpty || position >= Length ? count : RandomAccess.Read(_file!.SafeFileHandle, buffer, position - MaxMemoryBytes);
    }

    /// <inheritdoc cref="Read"/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, long position, CancellationToken cancellationToken)
    {
        var count = ReadFromMemory(buffer.Span, position);
        return count > 0 || buffer.IsEmpty || position >= Length
            ? count
            : await RandomAccess.ReadAsync(_file!.SafeFileHandle, buffer, position - MaxMemoryBytes, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        // It may have held what identifies somebody.
        ArrayPool<byte>.Shared.Return(_memory, clearArray: true);
        _memory = [];
        Length = 0;
        _file?.Dispose();
    }

    private FileStream File() => _file ??= createFile();

    private int AppendToMemory(ReadOnlySpan<byte> bytes)
    {
        var count = (int)Math.Min(bytes.Length, Math.Max(0, MaxMemoryBytes - Length));
        if (count == 0)
        {
            return 0;
        }

        var needed = (int)Length + count;
        if (needed > _memory.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(MaxMemoryBytes, Math.Max(needed, 2 * _memory.Length)));
            _memory.AsSpan(0, (int)Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_memory, clearArray: true);
            _memory = larger;
        }

        bytes[..count].CopyTo(_memory.AsSpan((int)Length));
        Length += count;
        return count;
    }

    private int ReadFromMemory(Span<byte> buffer, long position)
    {
        var count = (int)Math.Clamp(Math.Min(Length, MaxMemoryBytes) - position, 0, buffer.Length);
        if (count > 0)
        {
            _memory.AsSpan((int)position, count).CopyTo(buffer);
        }

        return count;
    }
}
