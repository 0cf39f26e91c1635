namespace CodRetrieve.Planning;

/// <summary>The kinds of <see cref="WorkItem"/>.</summary>
internal enum WorkKind
{
    /// <summary>Fetch a segment.</summary>
    Range,

    /// <summary>Scan the tar from its start for instances by their entry names.</summary>
    Scan,

    /// <summary>Read the whole tar and compare its CRC32C, for instances for which the index has none.</summary>
    Verify,
}
