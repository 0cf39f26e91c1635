namespace CodRetrieve.Storage;

/// <summary>What no object of a store exceeds.</summary>
internal static class ObjectLimits
{
    /// <summary>8 TiB: Cloud Storage's objects have at most 5 TiB (its documentation, "Quotas and limits"). Sums of sizes below it do not overflow.</summary>
    public const long MaxBytes = 1L << 43;
}
