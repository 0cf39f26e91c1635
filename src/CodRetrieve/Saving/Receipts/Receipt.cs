using System.Buffers.Binary;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// One record of a receipt file: what was saved of an instance, or what befell the records of a run. 64 bytes, the last four a checksum; what a transform made has two, of which the first says what it was
/// made of.
/// </summary>
/// <param name="Kind">What it says.</param>
/// <param name="Name">The hash of the instance's name below its study, <c>{series}/instances/{sop}.dcm</c>; see <see cref="EntryHash"/>.</param>
/// <param name="Owner">The run that wrote it.</param>
internal readonly record struct Receipt(ReceiptKind Kind, UInt128 Name, uint Owner)
{
    /// <summary>The bytes of a record.</summary>
    public const int Bytes = 64;

    /// <summary>The most bytes that <see cref="Write"/> needs.</summary>
    public const int MaxBytes = 2 * Bytes;

    private const int ChecksumOffset = 60;

    // File systems that keep less than the system tells at first: FAT two seconds, others one.
    private const long CoarseTicks = 2 * TimeSpan.TicksPerSecond;

    /// <summary>The instance's bytes.</summary>
    public long SizeBytes { get; init; }

    /// <summary>The generation of the tar that they are from; 0 where the store gives none.</summary>
    public long TarGeneration { get; init; }

    /// <summary>When the instance's file was last written, by the clock of the file system; of no meaning for zips.</summary>
    public DateTime LastWriteUtc { get; init; }

    /// <summary>When the record was written, in seconds since 1970.</summary>
    public uint Time { get; init; }

    /// <summary>The CRC32C of the instance's bytes, which were compared with it.</summary>
    public uint Crc32c { get; init; }

    /// <summary>The CRC-32 of the same bytes, by which an entry of a zip is recognized; 0 for files.</summary>
    public uint Crc32 { get; init; }

    /// <summary>What a transform made the instance of; <see langword="null"/> for one that is as the store has it.</summary>
    public TransformOrigin? Origin { get; init; }

    /// <summary>The bytes that it takes in a file.</summary>
    public int Length => Origin is null ? Bytes : MaxBytes;

    /// <summary>Whether the run that wrote it has made durable what it tells, or cannot have lost it.</summary>
    public bool IsTrusted { get; init; }

    /// <summary>Whether a file, or an entry of a zip, is still the one that was saved.</summary>
    public bool IsOf(in FoundFile file) => SizeBytes == file.SizeBytes && (file.Crc32 is { } crc32 ? crc32 == Crc32 : IsTimeOf(file.LastWriteUtc));

    /// <summary>Writes it.</summary>
    /// <param name="target">Receives <see cref="Length"/> bytes.</param>
    public void Write(Span<byte> target)
    {
        if (Origin is { } origin)
        {
            // The same form, with the number of the transform where a generation is.
            new Receipt(ReceiptKind.Source, Name, Owner) { TarGeneration = unchecked((long)origin.Transform), Crc32c = origin.SourceCrc32c, Time = Time }.Write(target);
            target = target[Bytes..];
        }

        BinaryPrimitives.WriteUInt128LittleEndian(target, Name);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], SizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], TarGeneration);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], LastWriteUtc.Ticks);
        BinaryPrimitives.WriteUInt32LittleEndian(target[40..], Time);
        BinaryPrimitives.WriteUInt32LittleEndian(target[44..], Crc32c);
        BinaryPrimitives.WriteUInt32LittleEndian(target[48..], Crc32);
        BinaryPrimitives.WriteUInt32LittleEndian(target[52..], Owner);
        BinaryPrimitives.WriteUInt32LittleEndian(target[56..], (uint)Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(target[ChecksumOffset..], Crc32C.Append(0, target[..ChecksumOffset]));
    }

    /// <summary>What a record says that an instance was made of.</summary>
    public TransformOrigin ToOrigin() => new(unchecked((ulong)TarGeneration), Crc32c);

    /// <summary>Reads a record; what is damaged is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out Receipt receipt)
    {
        receipt = default;
        var ticks = BinaryPrimitives.ReadInt64LittleEndian(source[32..]);
        var kind = BinaryPrimitives.ReadUInt32LittleEndian(source[56..]);
        if (Crc32C.Append(0, source[..ChecksumOffset]) != BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumOffset..])
            || kind is < (uint)ReceiptKind.Run or > (uint)ReceiptKind.Transformed
            || ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        receipt = new Receipt((ReceiptKind)kind, BinaryPrimitives.ReadUInt128LittleEndian(source), BinaryPrimitives.ReadUInt32LittleEndian(source[52..]))
        {
            SizeBytes = BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            TarGeneration = BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            LastWriteUtc = new DateTime(ticks, DateTimeKind.Utc),
            Time = BinaryPrimitives.ReadUInt32LittleEndian(source[40..]),
            Crc32c = BinaryPrimitives.ReadUInt32LittleEndian(source[44..]),
            Crc32 = BinaryPrimitives.ReadUInt32LittleEndian(source[48..]),
        };
        return true;
    }

    private bool IsTimeOf(DateTime found) => found == LastWriteUtc
        || (found.Ticks % TimeSpan.TicksPerSecond == 0 && Math.Abs(found.Ticks - LastWriteUtc.Ticks) < CoarseTicks);
}
