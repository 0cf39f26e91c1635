namespace CodRetrieve.Testing;

/// <summary>Which checksums the server gives for an object; they are computed when first asked for, reading the object once.</summary>
public enum ObjectHashes
{
    /// <summary>None. Real GCS always has a CRC32C; this is for generated objects of many gigabytes, where computing it takes
    /// seconds.</summary>
    None,

    /// <summary>CRC32C only, as GCS does for composite objects.</summary>
    Crc32c,

    /// <summary>CRC32C and MD5, as GCS does for an object uploaded in one piece.</summary>
    Crc32cAndMd5,
}
