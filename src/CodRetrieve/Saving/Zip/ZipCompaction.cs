using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>Closes the holes of an unfinished zip, by moving what follows the first of them.</summary>
internal static class ZipCompaction
{
    private const int BufferBytes = 1024 * 1024;

    /// <summary>Moves entries toward the beginning until none is behind a hole.</summary>
    /// <remarks>
    /// A crash leaves a zip whose headers, followed from the beginning, lead over the entries moved so far: the signature of each is written when
    /// its content is in its new place, and never before there is none behind it.
    /// </remarks>
    /// <param name="file">The zip.</param>
    /// <param name="writer">Writes it.</param>
    /// <param name="entries">Its entries, which get their new places.</param>
    /// <param name="holes">Its holes, none of which is left.</param>
    /// <param name="end">Where the last region ends.</param>
    /// <param name="cancellationToken">Ends the moving; the rest is lost.</param>
    /// <returns>Where the last region ends now.</returns>
    public static async ValueTask<long> CloseHolesAsync(
        SafeFileHandle file,
        DestinationWriter writer,
        ZipEntries entries,
        List<(long Offset, long End)> holes,
        long end,
        CancellationToken cancellationToken)
    {
        if (holes.Count == 0)
        {
            return end;
        }

        var target = holes.Min(static hole => hole.Offset);
        var behind = entries.All.Where(entry => entry.Value.Offset > target).OrderBy(static entry => entry.Value.Offset).ToList();
        var signature = LocalHeader.Signature.ToArray();
        var none = new byte[signature.Length];
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await writer.WriteAsync(file, none, target, cancellationToken).ConfigureAwait(false);
            foreach (var (name, record) in behind)
            {
                var length = record.End - record.Offset;
                await MoveAsync(file, writer, record.Offset + none.Length, target + none.Length, length - none.Length, buffer, cancellationToken)
                    .ConfigureAwait(false);

                // A hole is longer than a signature, so this reaches nothing that is still to be moved.
                await writer.WriteAsync(file, none, target + length, cancellationToken).ConfigureAwait(false);
                await writer.WriteAsync(file, signature, target, cancellationToken).ConfigureAwait(false);
                entries.Set(name, record with { Offset = target });
                target += length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        holes.Clear();
        writer.SetLength(file, target);
        return target;
    }

    private static async ValueTask MoveAsync(
        SafeFileHandle file, DestinationWriter writer, long from, long to, long length, byte[] buffer, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            var wanted = buffer.AsMemory(0, (int)Math.Min(length, BufferBytes));
            var count = await RandomAccess.ReadAsync(file, wanted, from, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw new EndOfStreamException("An unfinished zip was cut off while it was written. Run again.");
            }

            await writer.WriteAsync(file, wanted[..count], to, cancellationToken).ConfigureAwait(false);
            (from, to, length) = (from + count, to + count, length - count);
        }
    }
}
