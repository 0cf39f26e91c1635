namespace CodRetrieve;

/// <summary>Why a series cannot be retrieved.</summary>
public enum SeriesProblem
{
    /// <summary>It can be.</summary>
    None,

    /// <summary>There is no tar: the writer died before it wrote one, or someone removed it.</summary>
    NoTar,

    /// <summary>There is no <c>metadata.json</c>: the writer died before it wrote one, or someone removed it.</summary>
    NoMetadata,

    /// <summary>There is a <c>metadata.json</c> that cannot be read, or that is of another series.</summary>
    UnreadableMetadata,

    /// <summary>The tar is stored with a content-encoding, so that no ranges of it can be read.</summary>
    CompressedTar,

    /// <summary>The <c>metadata.json</c> lists no instance, though there is a tar that is not empty: a writer in overwrite mode added nothing.</summary>
    EmptyIndex,

    /// <summary>The destination cannot say what it holds of the series, such as a folder that may not be read. Nothing of it is fetched.</summary>
    UnreadableDestination,

    /// <summary>The tar is in a colder storage class than <see cref="CodDownloadOptions.MaxStorageClass"/> allows. Nothing of the series is fetched.</summary>
    StorageClass,

    /// <summary>
    /// The store has hashed UIDs, and a <see cref="FolderLayout"/> or <see cref="Selection.Attributes"/> asks for attributes that identify people. Nothing of it is fetched.
    /// </summary>
    IdentifiersRefused,
}
