using CodRetrieve.Storage;

namespace CodRetrieve.Catalog;

/// <summary>The objects of one series, as a listing shows them. Immutable.</summary>
internal sealed record SeriesListing
{
    private static readonly TimeSpan MaxEditTime = TimeSpan.FromHours(1);

    /// <summary>The series, without its instances.</summary>
    public required SeriesInfo Series { get; init; }

    /// <summary>The name of the series' tar, whether it exists or not.</summary>
    public required string TarName { get; init; }

    /// <summary>The name of the series' index, whether it exists or not.</summary>
    public required string IndexName { get; init; }

    public ObjectInfo? Tar { get; init; }

    public ObjectInfo? Index { get; init; }

    /// <summary>The listing showed only that the series has a folder, not what is in it: the index may be there.</summary>
    public bool IsPrefixOnly { get; init; }

    /// <summary>A writer is at work on the series, or died there (<c>.gradient.lock</c>).</summary>
    public ObjectInfo? Lock { get; init; }

    public bool HasLock => Lock is not null;

    /// <summary>Whether a writer's lock is there that is not older than a writer works on a series, as a rule.</summary>
    public bool HasYoungLock(DateTimeOffset now) => Lock is { } found && (found.UpdatedAt is not { } updated || now - updated < MaxEditTime);

    /// <summary>The writer declared the series broken (<c>error.log</c>).</summary>
    public bool HasErrorLog { get; init; }

    /// <summary>What a user should know of the study; with one of its series only.</summary>
    public IReadOnlyList<string> WarningsOfStudy { get; init; } = [];

    /// <summary>What a user should know of the series though it can be retrieved.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            if (WarningsOfStudy.Count == 0 && !HasLock && !HasErrorLog)
            {
                return [];
            }

            var warnings = new List<string>(WarningsOfStudy);
            if (HasLock)
            {
                warnings.Add($"{Series.TarUri}: a writer's lock lies beside the series. It may be about to change, or its writer died.");
            }

            if (HasErrorLog)
            {
                warnings.Add($"{Series.TarUri}: the writer left an error log beside the series.");
            }

            return warnings;
        }
    }
}
