namespace CodRetrieve.Testing;

/// <content>The states of real stores that are not as one would like them. All are off by default, and may be combined.</content>
public sealed partial record SyntheticSeriesOptions
{
    /// <summary>Bare <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c> inside <c>metadata</c>: not legal JSON, as the writer gives
    /// it.</summary>
    public bool BareNaN { get; init; }

    /// <summary><c>start_byte</c> and <c>end_byte</c> are null.</summary>
    public bool NullHeaders { get; init; }

    /// <summary><c>metadata</c> of each instance is null.</summary>
    public bool NullMetadata { get; init; }

    /// <summary><c>crc32c</c> is left out.</summary>
    public bool NoCrc32c { get; init; }

    /// <summary>The key <c>url</c> in place of <c>uri</c>.</summary>
    public bool UseUrlKey { get; init; }

    /// <summary>The order in the tar is shuffled by the seed; in metadata.json it stays by instance number.</summary>
    public bool ScrambledOrder { get; init; }

    /// <summary>The tar holds only its first so many instances, while metadata.json lists all; null for all.</summary>
    public int? StaleTarCount { get; init; }

    /// <summary>There is no tar.</summary>
    public bool OmitTar { get; init; }

    /// <summary>There is no metadata.json.</summary>
    public bool OmitMetadata { get; init; }

    /// <summary>A <c>.gradient.lock</c> lies beside.</summary>
    public bool Lock { get; init; }

    /// <summary>An <c>error.log</c> lies beside.</summary>
    public bool ErrorLog { get; init; }

    /// <summary>Two blocks of zeros follow the tar's first so many instances; a tar reader takes them for the end. Null for no
    /// gap.</summary>
    public int? ZeroGapAfter { get; init; }

    /// <summary>In its middle the tar has an instance that metadata.json lacks: <see cref="SyntheticSeries.UnlistedInstance"/>.</summary>
    public bool UnlistedEntry { get; init; }

    /// <summary>Bytes by which every <c>start_byte</c> and <c>end_byte</c> in metadata.json is wrong; 0 for none.</summary>
    public long ShiftedOffsets { get; init; }

    /// <summary>Instances (indexes into <see cref="SyntheticSeries.Instances"/>) of which one bit differs in the tar.</summary>
    public IReadOnlyCollection<int> CorruptInstances { get; init; } = [];
}
