namespace CodRetrieve.FoDicom;

/// <summary>How a <see cref="DicomDirectoryWriter"/> writes. Copied when that is created.</summary>
public sealed class DicomDirectoryOptions
{
    /// <summary>Gets or sets the File-set ID (0004,1130): at most 16 capital letters, digits, spaces and underscores. Default <c>CODRETRIEVE</c>.</summary>
    public string FileSetId { get; set; } = "CODRETRIEVE";

    /// <summary>
    /// Gets or sets a value indicating whether values that a DICOMDIR must have, and that a file does not have, are made up in the DICOMDIR. Default <see langword="true"/>; otherwise such a file is an error. The files
    /// themselves are never changed.
    /// </summary>
    public bool InventMissingValues { get; set; } = true;
}
