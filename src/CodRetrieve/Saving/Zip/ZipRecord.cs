namespace CodRetrieve.Saving;

/// <summary>Where an entry is in a zip, and what its headers say of it.</summary>
/// <param name="Offset">Where its local header begins.</param>
/// <param name="HeaderBytes">The bytes of the local header, behind which its content begins.</param>
/// <param name="StoredBytes">The bytes of the content in the zip, compressed or not.</param>
/// <param name="SizeBytes">The bytes of the content.</param>
/// <param name="Method">One of <see cref="LocalHeader"/>'s methods.</param>
/// <param name="Time">The time of the last change, in the form of MS-DOS.</param>
/// <param name="Crc32">The CRC-32 of the content.</param>
/// <param name="Crc32c">The CRC32C of the content, where it is known.</param>
internal readonly record struct ZipRecord(
    long Offset, int HeaderBytes, long StoredBytes, long SizeBytes, ushort Method, uint Time, uint Crc32, uint? Crc32c)
{
    /// <summary>Where the content begins.</summary>
    public long ContentOffset => Offset + HeaderBytes;

    /// <summary>Where the next entry may begin.</summary>
    public long End => ContentOffset + StoredBytes;

    /// <summary>Whether an earlier run wrote the entry, whose bytes were read again since.</summary>
    public bool IsResumed { get; init; }
}
