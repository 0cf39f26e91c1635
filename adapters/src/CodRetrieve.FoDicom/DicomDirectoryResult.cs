namespace CodRetrieve.FoDicom;

/// <summary>What a <see cref="DicomDirectoryWriter"/> has written. Immutable.</summary>
public sealed class DicomDirectoryResult
{
    internal DicomDirectoryResult(string path, int instances, int duplicates, int inventedValues) =>
        (Path, Instances, Duplicates, InventedValues) = (path, instances, duplicates, inventedValues);

    /// <summary>Gets the path of the DICOMDIR, or of the zip.</summary>
    public string Path { get; }

    /// <summary>Gets the number of files that it refers to.</summary>
    public int Instances { get; }

    /// <summary>Gets the number of files that it does not refer to, since another one has their SOP Instance UID.</summary>
    public int Duplicates { get; }

    /// <summary>Gets the number of values that files lack and that were made up, see <see cref="DicomDirectoryOptions.InventMissingValues"/>.</summary>
    public int InventedValues { get; }
}
