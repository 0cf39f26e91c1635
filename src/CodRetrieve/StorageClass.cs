namespace CodRetrieve;

/// <summary>
/// The storage classes of Cloud Storage, from the least to the most expensive to read. Reading an object of a class other than <see cref="Standard"/> costs a retrieval fee for each byte, unless
/// the bucket has Autoclass (Cloud Storage documentation, "Storage classes").
/// </summary>
public enum StorageClass
{
    /// <summary>No retrieval fee. The legacy classes <c>REGIONAL</c>, <c>MULTI_REGIONAL</c> and <c>DURABLE_REDUCED_AVAILABILITY</c> count as this one.</summary>
    Standard,

    /// <summary>For what is read about once a month.</summary>
    Nearline,

    /// <summary>For what is read about once a quarter.</summary>
    Coldline,

    /// <summary>For what is read less than once a year; the highest retrieval fee.</summary>
    Archive,
}
