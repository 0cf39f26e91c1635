namespace CodRetrieve.Planning;

/// <summary>How large the next segment should be.</summary>
internal static class SegmentSize
{
    /// <summary>Large enough that the time to the first byte, tens of milliseconds with Cloud Storage, costs a few per cent.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>Small enough that the last connections end within about a tenth of a second of one another.</summary>
    public const long MinBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Each segment takes a share of what is left to cut, so that segments shrink towards the end and no connection is left with a
    /// large one while the others have none.
    /// </summary>
    public static long Next(long uncutBytes, int connections) => Math.Clamp(uncutBytes / (2L * connections), MinBytes, MaxBytes);
}
