using CodRetrieve.Storage;

namespace CodRetrieve;

/// <summary>One DICOM instance as its series' index lists it. Immutable.</summary>
public sealed class InstanceInfo
{
    /// <summary>Gets the series that the instance belongs to.</summary>
    public required SeriesInfo Series { get; init; }

    /// <summary>
    /// Gets the SOP Instance UID (DICOM PS3.3, C.12.1), hashed where the store hashes UIDs. A checked file name: letters, digits, dots, dashes
    /// and underscores, at most 128 characters.
    /// </summary>
    public required string SopInstanceUid { get; init; }

    /// <summary>Gets the number of bytes of the instance; <see langword="null"/> where the index does not say.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Gets the CRC32C of the instance's bytes; <see langword="null"/> where the index does not say.</summary>
    public uint? Crc32c { get; init; }

    /// <summary>
    /// Gets where the instance's bytes lie in the series' tar (<c>headers</c> of the COD index); <see langword="null"/> where the index
    /// does not say, or says what cannot be.
    /// </summary>
    public ByteRange? TarRange { get; init; }

    /// <summary>Gets the instance's name in the form that the COD writer uses.</summary>
    public string Uri => $"{Series.TarUri}://{EntryName}";

    /// <summary>Gets the name of the instance's entry in the tar, which is also its path below a series' folder.</summary>
    public string EntryName => $"instances/{SopInstanceUid}.dcm";

    /// <summary>
    /// Gets the attributes that were asked to stay with the instance, by <see cref="Selection.Attributes"/> or a layout; <see langword="null"/> where none were, or where the index has none
    /// that can be read. Each call returns an object of its own.
    /// </summary>
    public InstanceAttributes? GetAttributes() => KeptAttributes is { } json ? new InstanceAttributes(json) : null;

    /// <summary>The attributes that stay, as DICOM JSON.</summary>
    internal byte[]? KeptAttributes { get; init; }

    /// <summary>The CRC32C that the instance's bytes must have: the index's, or the one that they have in a tar that was verified as a whole.</summary>
    internal uint? ExpectedCrc32c => Crc32c ?? TarCrc32c;

    private uint? TarCrc32c { get; init; }

    internal InstanceInfo WithTarCrc32c(uint crc32c) => new()
    {
        Series = Series,
        SopInstanceUid = SopInstanceUid,
        SizeBytes = SizeBytes,
        Crc32c = Crc32c,
        TarCrc32c = crc32c,
        TarRange = TarRange,
        KeptAttributes = KeptAttributes,
    };

    /// <summary>The instance with the size and the CRC32C that a transform gave it.</summary>
    internal InstanceInfo AsSaved(long sizeBytes, uint crc32c) => new()
    {
        Series = Series,
        SopInstanceUid = SopInstanceUid,
        SizeBytes = sizeBytes,
        Crc32c = crc32c,
        TarRange = TarRange,
        KeptAttributes = KeptAttributes,
    };

    /// <summary>Returns <see cref="Uri"/>.</summary>
    /// <returns>The name, which holds no secret.</returns>
    public override string ToString() => Uri;
}
