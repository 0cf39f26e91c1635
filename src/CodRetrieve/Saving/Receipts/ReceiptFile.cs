using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// The form of a receipt file: records of <see cref="Receipt.Bytes"/> one behind the other, the first of them a signature. Records are only ever
/// added; the last one of a name counts. A damaged record is passed over: what it said is then not known.
/// </summary>
internal static class ReceiptFile
{
    /// <summary>The first bytes of a file.</summary>
    public static ReadOnlySpan<byte> Signature => "CodRetrieve receipts, version 1. See docs/decisions/0014.\r\n\0\0\0\0\0"u8;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="bootId">The present boot; <see langword="null"/> where it is not known.</param>
    /// <param name="receipts">Receives the records of instances that count.</param>
    /// <returns>
    /// The number of bytes behind which records are added: 0 where there is no file, or one of another form.
    /// </returns>
    /// <exception cref="IOException">It cannot be read, or is a link.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static long Read(string path, UInt128? bootId, ReceiptTable receipts)
    {
        if (TryReadBytes(path) is not { } bytes || !bytes.AsSpan().StartsWith(Signature))
        {
            return 0;
        }

        var end = bytes.Length - (bytes.Length % Receipt.Bytes);
        var records = new List<Receipt>(end / Receipt.Bytes);
        for (var offset = Receipt.Bytes; offset < end; offset += Receipt.Bytes)
        {
            if (Receipt.TryRead(bytes.AsSpan(offset, Receipt.Bytes), out var record))
            {
                records.Add(record);
            }
        }

        var trustedBefore = TrustedBefore(records, bootId);
        for (var i = 0; i < records.Count; i++)
        {
            Apply(records[i] with { IsTrusted = i < trustedBefore.GetValueOrDefault(records[i].Owner) }, i == 0 ? default : records[i - 1], receipts);
        }

        return end;
    }

    private static void Apply(in Receipt record, in Receipt before, ReceiptTable receipts)
    {
        if (record.Kind is ReceiptKind.Saved or ReceiptKind.Adopted)
        {
            receipts.Set(record);
        }
        else if (record.Kind == ReceiptKind.Transformed)
        {
            // Damage between the two leaves an instance of which nobody knows what it was made of.
            if (before.Kind == ReceiptKind.Source && before.Name == record.Name && before.Owner == record.Owner)
            {
                receipts.Set(record with { Origin = before.ToOrigin() });
            }
            else
            {
                receipts.Remove(record.Name);
            }
        }
        else if (record.Kind == ReceiptKind.Removed)
        {
            receipts.Remove(record.Name);
        }
    }

    // By run, how many of the first records of the file are sure to tell of bytes that are there.
    private static Dictionary<uint, int> TrustedBefore(List<Receipt> records, UInt128? bootId)
    {
        var trusted = new Dictionary<uint, int>();
        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].Kind == ReceiptKind.Run && records[i].Name == bootId)
            {
                // A run of this boot: killed or not, what it wrote is in the system's memory.
                trusted[records[i].Owner] = int.MaxValue;
            }
            else if (records[i].Kind == ReceiptKind.Durable && trusted.GetValueOrDefault(records[i].Owner) < i)
            {
                trusted[records[i].Owner] = i;
            }
        }

        return trusted;
    }

    private static byte[]? TryReadBytes(string path)
    {
        try
        {
            if (SymbolicLink.Is(path))
            {
                throw new IOException($"{path} is a symbolic link, which is not followed. Remove it.");
            }

            // Another job may be writing it, when this one only looks.
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
            var bytes = new byte[Math.Min(RandomAccess.GetLength(file), Array.MaxLength)];
            var count = 0;
            for (int read; count < bytes.Length && (read = RandomAccess.Read(file, bytes.AsSpan(count), count)) > 0; count += read)
            {
            }

            return count == bytes.Length ? bytes : bytes[..count];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
