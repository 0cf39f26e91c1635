namespace CodRetrieve.Testing;

/// <summary>What a store may have or not: checks of what it has not are left out.</summary>
[Flags]
public enum ObjectStoreCapabilities
{
    /// <summary>Nothing but names and bytes.</summary>
    None = 0,

    /// <summary>A number that changes when an object is replaced, listed with it, by which reads are pinned.</summary>
    Generations = 1,

    /// <summary>Listings that come in pages of <see cref="IObjectStoreFixture.PageSize"/> objects.</summary>
    Pages = 2,

    /// <summary>A CRC32C in listings.</summary>
    Checksums = 4,

    /// <summary>Objects that are stored with content-encoding <c>gzip</c>.</summary>
    ContentEncodings = 8,

    /// <summary>A store that fails where its bucket does not exist, given by <see cref="IObjectStoreFixture.StoreOfMissingBucket"/>.</summary>
    MissingBuckets = 16,

    /// <summary>Names with any characters, as Cloud Storage takes them.</summary>
    UnusualNames = 32,

    /// <summary>All of these.</summary>
    All = Generations | Pages | Checksums | ContentEncodings | MissingBuckets | UnusualNames,
}
