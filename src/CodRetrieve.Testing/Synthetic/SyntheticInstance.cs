using System.Buffers;
using System.Security.Cryptography;

namespace CodRetrieve.Testing;

/// <summary>One instance of a <see cref="SyntheticSeries"/>: a DICOM Part 10 file whose bytes are made as they are read.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class SyntheticInstance
{
    private const int BufferSize = 256 * 1024;

    private readonly InstanceContent _content;
    private readonly Lazy<uint> _crc;
    private readonly Lazy<string> _sha256;

    internal SyntheticInstance(string sopInstanceUid, InstanceContent content)
    {
        SopInstanceUid = sopInstanceUid;
        _content = content;
        _crc = new(ComputeCrc);
        _sha256 = new(ComputeSha256);
    }

    /// <summary>The SOP Instance UID by which the store knows the instance: its key in metadata.json and its name in the tar. In a study
    /// with hashed UIDs it is the hashed one.</summary>
    public string SopInstanceUid { get; }

    /// <summary>The SOP Instance UID inside the file; differs from <see cref="SopInstanceUid"/> in a study with hashed UIDs.</summary>
    public string OriginalSopInstanceUid => _content.Tags.SopInstanceUid;

    /// <summary>Instance Number (0020,0013), from 1.</summary>
    public int InstanceNumber => _content.Tags.InstanceNumber;

    /// <summary>The entry's name in the tar.</summary>
    public string EntryName => CodNames.Entry(SopInstanceUid);

    /// <summary>The size in bytes.</summary>
    public long SizeBytes => _content.Length;

    /// <summary>Where the instance begins in the tar; where it would begin, if <see cref="IsInTar"/> is false.</summary>
    public long StartByte { get; internal set; }

    /// <summary>Where the instance ends in the tar; exclusive.</summary>
    public long EndByte => StartByte + SizeBytes;

    /// <summary>Whether the tar has the instance: false where it is stale or left out.</summary>
    public bool IsInTar { get; internal set; }

    /// <summary>Whether one bit of the bytes in the tar differs from <see cref="Content"/>.</summary>
    public bool IsCorrupt { get; internal set; }

    /// <summary>The bytes that a correct download gives.</summary>
    public IObjectContent Content => _content;

    /// <summary>The CRC32C of <see cref="Content"/>, computed when first asked for.</summary>
    public uint Crc32c => _crc.Value;

    /// <summary>The SHA-256 of <see cref="Content"/> in lower-case hexadecimal, computed when first asked for.</summary>
    public string Sha256 => _sha256.Value;

    internal InstanceContent Source => _content;

    /// <summary>Opens <see cref="Content"/> as a seekable stream that the caller disposes.</summary>
    public Stream OpenRead() => _content.OpenRead();

    private uint ComputeCrc()
    {
        var state = Crc32C.Initial;
        ForEachChunk(chunk => state = Crc32C.Append(state, chunk.Span));
        return Crc32C.Finish(state);
    }

    private string ComputeSha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ForEachChunk(chunk => hash.AppendData(chunk.Span));
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }

    private void ForEachChunk(Action<ReadOnlyMemory<byte>> use)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (long offset = 0; offset < SizeBytes;)
            {
                var chunk = buffer.AsMemory(0, (int)Math.Min(BufferSize, SizeBytes - offset));
                _content.Read(offset, chunk.Span);
                use(chunk);
                offset += chunk.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
