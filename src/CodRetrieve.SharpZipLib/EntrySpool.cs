using System.Buffers;
using System.Security.Cryptography;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// Holds the content of one entry until it is known to be whole, as nothing can be taken back from a zip that is being written: in memory, or above 8 MiB in a
/// temporary file, encrypted with a key that is never written.
/// </summary>
internal sealed class EntrySpool : IDisposable
{
    private const int MaxMemoryBytes = 8 * 1024 * 1024;
    private const int CopyBytes = 128 * 1024;

    private readonly byte[] _memory;
    private readonly int _inMemory;
    private readonly WholeFile? _file;
    private readonly Aes? _key;

    private EntrySpool(byte[] memory, int inMemory, WholeFile? file, Aes? key) => (_memory, _inMemory, _file, _key) = (memory, inMemory, file, key);

    /// <summary>The bytes of the content.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Their CRC32C.</summary>
    public uint Crc32c { get; private set; }

    /// <summary>Reads content to its end.</summary>
    /// <param name="content">The content.</param>
    /// <param name="sizeBytes">Its size, if it is known.</param>
    /// <param name="temporary">Creates a file that is deleted when it is disposed.</param>
    /// <param name="writer">Writes that file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<EntrySpool> ReadAsync(
        Stream content, long? sizeBytes, Func<WholeFile> temporary, DestinationWriter writer, CancellationToken cancellationToken)
    {
        // One byte more, to notice the end.
        var memory = ArrayPool<byte>.Shared.Rent((int)Math.Min(sizeBytes + 1 ?? MaxMemoryBytes, MaxMemoryBytes));
        EntrySpool? spool = null;
        try
        {
            var count = await content.ReadAtLeastAsync(memory, memory.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            var isAll = count < memory.Length;
            spool = new EntrySpool(memory, count, isAll ? null : temporary(), isAll ? null : Aes.Create())
            {
                SizeBytes = count,
                Crc32c = IO.Crc32C.Append(0, memory.AsSpan(0, count)),
            };
            if (!isAll)
            {
                await spool.WriteRestAsync(content, writer, cancellationToken).ConfigureAwait(false);
            }

            return spool;
        }
        catch
        {
            spool?.Dispose();
            if (spool is null)
            {
                ArrayPool<byte>.Shared.Return(memory, clearArray: true);
            }

            throw;
        }
    }

    /// <summary>Writes the content.</summary>
    public async Task WriteToAsync(Stream target, CancellationToken cancellationToken)
    {
        await target.WriteAsync(_memory.AsMemory(0, _inMemory), cancellationToken).ConfigureAwait(false);
        if (_file is null)
        {
            return;
        }

        using var decryptor = _key!.CreateDecryptor();
        var section = new FileSectionStream(_file.Handle, 0, RandomAccess.GetLength(_file.Handle));
        var rest = new CryptoStream(section, decryptor, CryptoStreamMode.Read);
        await using var closing = rest.ConfigureAwait(false);
        await rest.CopyToAsync(target, CopyBytes, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_memory, clearArray: true);
        _file?.Dispose();
        _key?.Dispose();
    }

    private async Task WriteRestAsync(Stream content, DestinationWriter writer, CancellationToken cancellationToken)
    {
        using var encryptor = _key!.CreateEncryptor();
        var file = new WriterStream(writer, _file!.Handle);
        var encrypted = new CryptoStream(file, encryptor, CryptoStreamMode.Write);
        await using var closing = encrypted.ConfigureAwait(false);
        var buffer = new byte[CopyBytes];
        while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            await encrypted.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            SizeBytes += count;
            Crc32c = IO.Crc32C.Append(Crc32c, buffer.AsSpan(0, count));
        }

        await encrypted.FlushFinalBlockAsync(cancellationToken).ConfigureAwait(false);
    }
}
