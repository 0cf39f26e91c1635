namespace CodRetrieve;

/// <summary>One series of a store, with the instances that its index lists.</summary>
public sealed class SeriesInfo
{
    /// <summary>The Study Instance UID, hashed where the store hashes UIDs. A checked folder name.</summary>
    public required string StudyInstanceUid { get; init; }

    /// <summary>The Series Instance UID, hashed where the store hashes UIDs. A checked folder name.</summary>
    public required string SeriesInstanceUid { get; init; }

    /// <summary>The series' tar, for example <c>gs://my-bucket/dicomweb/studies/1.2/series/1.2.3.tar</c>.</summary>
    public required string TarUri { get; init; }

    /// <summary>The instances in the order of the index; empty until the index was read.</summary>
    public IReadOnlyList<InstanceInfo> Instances { get; internal set; } = [];

    /// <summary>Gives <see cref="TarUri"/>.</summary>
    /// <returns>The name, which holds no secret.</returns>
    public override string ToString() => TarUri;
}
