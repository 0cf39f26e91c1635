namespace CodRetrieve.Testing;

/// <summary>What a request asks the server for.</summary>
[Flags]
public enum RequestKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A page of a bucket's listing.</summary>
    List = 1,

    /// <summary>An object's resource (its name, size, checksums), as JSON.</summary>
    ObjectMetadata = 2,

    /// <summary>An object's bytes, or a range of them.</summary>
    Media = 4,

    /// <summary>Anything that the server does not know.</summary>
    Other = 8,

    /// <summary>Every kind.</summary>
    All = List | ObjectMetadata | Media | Other,
}
