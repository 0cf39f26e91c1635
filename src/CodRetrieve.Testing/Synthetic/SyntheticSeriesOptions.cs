namespace CodRetrieve.Testing;

/// <summary>What a <see cref="SyntheticSeries"/> is made of.</summary>
public sealed partial record SyntheticSeriesOptions
{
    /// <summary>The Series Instance UID; null, the default, derives one from the study's seed.</summary>
    public string? SeriesInstanceUid { get; init; }

    /// <summary>Modality (0008,0060), at most 16 characters; <c>CT</c> by default.</summary>
    public string Modality { get; init; } = "CT";

    /// <summary>SOP Class UID (0008,0016); CT Image Storage by default.</summary>
    public string SopClassUid { get; init; } = "1.2.840.10008.5.1.4.1.1.2";

    /// <summary>Series Description (0008,103E), ASCII and at most 64 characters.</summary>
    public string Description { get; init; } = "Synthetic series";

    /// <summary>How many instances; 10 by default.</summary>
    public int InstanceCount { get; init; } = 10;

    /// <summary>The exact size of each instance in bytes: even, from about 900 up to 4 GiB; 33,872 by default.</summary>
    public long InstanceSizeBytes { get; init; } = 33_872;

    /// <summary>A size in bytes for each instance, in place of <see cref="InstanceCount"/> and <see cref="InstanceSizeBytes"/>; null by
    /// default.</summary>
    public IReadOnlyList<long>? InstanceSizes { get; init; }

    /// <summary>Whether an odd size is allowed, by one byte after the data set that is not DICOM; false by default, when an odd size
    /// throws.</summary>
    public bool AllowTrailingByte { get; init; }

    /// <summary>The length of each instance's <c>metadata</c> in metadata.json, at least; 8,000 bytes by default. 0 adds no
    /// filler.</summary>
    public int MetadataBytesPerInstance { get; init; } = 8_000;

    /// <summary>The format of metadata.json; <see cref="IndexFormat.Version1"/> by default.</summary>
    public IndexFormat IndexFormat { get; init; }

    /// <summary>
    /// Gives the attributes that metadata.json has of an instance, by its index from 0, besides and in place of the usual ones; null, the default, for the usual ones. The files do not have them.
    /// </summary>
    public Func<int, IEnumerable<SyntheticAttribute>>? Attributes { get; init; }

    /// <summary>The checksums of the tar object; null, the default, gives both for a tar up to 64 MiB and none for a larger
    /// one.</summary>
    public ObjectHashes? TarHashes { get; init; }

    /// <summary>Whether metadata.json is stored with the content encoding gzip, as the writer does; true by default.</summary>
    public bool PackMetadata { get; init; } = true;

    /// <summary>Whether an <c>index.sqlite</c> (opaque bytes) lies beside; true by default.</summary>
    public bool IncludeIndex { get; init; } = true;

    /// <summary>Whether a <c>thumbnail.jpg</c> (opaque bytes) and the key <c>thumbnail</c> are there; false by default.</summary>
    public bool IncludeThumbnail { get; init; }

    internal IReadOnlyList<long> Sizes
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(InstanceCount);
            return InstanceSizes ?? Enumerable.Repeat(InstanceSizeBytes, InstanceCount).ToArray();
        }
    }
}
