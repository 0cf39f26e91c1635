namespace CodRetrieve;

/// <summary>One series of a store, with the instances that its index lists. Immutable and safe for use by several threads.</summary>
public sealed class SeriesInfo
{
    /// <summary>Gets the Study Instance UID (0020,000D), hashed where the store hashes UIDs. Always a valid folder name.</summary>
    public required string StudyInstanceUid { get; init; }

    /// <summary>Gets the Series Instance UID (0020,000E), hashed where the store hashes UIDs. Always a valid folder name.</summary>
    public required string SeriesInstanceUid { get; init; }

    /// <summary>Gets the URI of the series' tar, for example <c>gs://my-bucket/dicomweb/studies/1.2/series/1.2.3.tar</c>.</summary>
    public required string TarUri { get; init; }

    /// <summary>
    /// Gets the generation of the tar that the store listed: it changes with each upload. <see langword="null"/> where there is no tar, or the store
    /// has no generations.
    /// </summary>
    public long? TarGeneration { get; init; }

    /// <summary>Gets when the tar was last written, as the store lists it; <see langword="null"/> where there is no tar, or the store does not say.</summary>
    public DateTimeOffset? TarUpdatedAt { get; init; }

    /// <summary>Gets when the index was last written, as the store lists it; <see langword="null"/> where the store does not say.</summary>
    public DateTimeOffset? IndexUpdatedAt { get; init; }

    /// <summary>Gets the instances in the order of the index; empty where no index could be read.</summary>
    public IReadOnlyList<InstanceInfo> Instances { get; init; } = [];

    /// <summary>Returns the same series with other instances.</summary>
    internal SeriesInfo With(IReadOnlyList<InstanceInfo> instances) => new()
    {
        StudyInstanceUid = StudyInstanceUid,
        SeriesInstanceUid = SeriesInstanceUid,
        TarUri = TarUri,
        TarGeneration = TarGeneration,
        TarUpdatedAt = TarUpdatedAt,
        IndexUpdatedAt = IndexUpdatedAt,
        Instances = instances,
    };

    /// <summary>Gets <see cref="TarUri"/>.</summary>
    /// <returns>The URI, which holds no secret.</returns>
    public override string ToString() => TarUri;
}
