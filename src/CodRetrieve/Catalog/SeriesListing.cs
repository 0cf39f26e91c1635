using CodRetrieve.Storage;

namespace CodRetrieve.Catalog;

/// <summary>The objects of one series, as a listing shows them.</summary>
internal sealed class SeriesListing
{
    public required SeriesInfo Series { get; init; }

    /// <summary>The name of the series' tar, whether it exists or not.</summary>
    public required string TarName { get; init; }

    /// <summary>The name of the series' index, whether it exists or not.</summary>
    public required string IndexName { get; init; }

    public ObjectInfo? Tar { get; set; }

    public ObjectInfo? Index { get; set; }

    /// <summary>The listing showed only that the series has a folder, not what is in it: the index may be there.</summary>
    public bool IsPrefixOnly { get; set; }

    /// <summary>A writer is at work on the series, or died there (<c>.gradient.lock</c>).</summary>
    public bool HasLock { get; set; }

    /// <summary>The writer declared the series broken (<c>error.log</c>).</summary>
    public bool HasErrorLog { get; set; }
}
