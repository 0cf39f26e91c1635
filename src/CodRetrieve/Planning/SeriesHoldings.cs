namespace CodRetrieve.Planning;

/// <summary>What a destination holds of one series, by SOP Instance UID.</summary>
/// <param name="Saved">The instances that need not be fetched.</param>
/// <param name="Adopted">Those of them that were found without a record of their saving.</param>
/// <param name="Outdated">The instances that are there with other bytes than the index lists.</param>
/// <param name="Unlisted">Further instances, which the index does not list.</param>
internal sealed record SeriesHoldings(
    IReadOnlySet<string> Saved, IReadOnlySet<string> Adopted, IReadOnlySet<string> Outdated, IReadOnlyList<string> Unlisted)
{
    private static readonly HashSet<string> NoUids = [];

    /// <summary>Returns where an instance is that is held; <see langword="null"/> where that cannot be asked.</summary>
    public Func<InstanceInfo, string>? Locate { get; init; }

    public static SeriesHoldings None { get; } = new(NoUids, NoUids, NoUids, []);
}
