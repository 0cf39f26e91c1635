namespace CodRetrieve.Testing;

/// <summary>The format of a metadata.json, as the COD writer names it in <c>version</c> of each entry.</summary>
public enum IndexFormat
{
    /// <summary>1.0: <c>metadata</c> is a DICOM JSON object.</summary>
    Version1,

    /// <summary>2.0: <c>metadata</c> is the base64 of a zstd frame of that object, and the entry has the UIDs of the DICOM file itself.</summary>
    Version2,
}
