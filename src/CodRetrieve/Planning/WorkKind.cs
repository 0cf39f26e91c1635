namespace CodRetrieve.Planning;

/// <summary>The kinds of <see cref="WorkItem"/>.</summary>
internal enum WorkKind
{
    /// <summary>Fetch a segment.</summary>
    Range,

    /// <summary>Walk over the tar for instances by their names.</summary>
    Scan,

    /// <summary>Read the whole tar, to have CRC32Cs for instances for which the index has none.</summary>
    Verify,
}
