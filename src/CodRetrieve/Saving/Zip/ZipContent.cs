using System.IO.Hashing;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>The checksums of content that passes, block by block.</summary>
internal sealed class ZipContent(bool computeCrc32c)
{
    private readonly Crc32 _crc32 = new();
    private uint _crc32c;

    /// <summary>The bytes so far.</summary>
    public long SizeBytes { get; private set; }

    public uint Crc32 => _crc32.GetCurrentHashAsUInt32();

    /// <summary>The CRC32C, if it was asked for.</summary>
    public uint? Crc32c => computeCrc32c ? _crc32c : null;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _crc32.Append(bytes);
        _crc32c = computeCrc32c ? Crc32C.Append(_crc32c, bytes) : 0;
        SizeBytes += bytes.Length;
    }
}
