using CodRetrieve.Catalog;

namespace CodRetrieve.Planning;

/// <summary>One series compared with what the destination holds of it: what is wanted. Immutable.</summary>
internal sealed class SeriesDelta
{
    private readonly SeriesHoldings _held;

    private SeriesDelta(SeriesContent content, SeriesHoldings held, IReadOnlyList<InstanceInfo> wanted, int saved, Exception? error)
    {
        Content = content;
        Wanted = wanted;
        InstancesSaved = saved;
        DestinationError = error;
        _held = held;
        BytesTotal = SizeOf(content.Selected);
        BytesWanted = SizeOf(wanted);
    }

    public SeriesContent Content { get; }

    public SeriesInfo Series => Content.Series;

    /// <summary>The instances to fetch, in the index's order; none where <see cref="DestinationError"/> is set.</summary>
    public IReadOnlyList<InstanceInfo> Wanted { get; }

    /// <summary>Why the destination could not say what it holds; then nothing of the series is fetched.</summary>
    public Exception? DestinationError { get; }

    /// <summary>The selected instances that are saved, by this job or before it.</summary>
    public int InstancesSaved { get; }

    /// <summary>Those of <see cref="InstancesSaved"/> that were found without a record of their saving.</summary>
    public int InstancesAdopted => Content.Selected.Count(instance => _held.Adopted.Contains(instance.SopInstanceUid));

    /// <summary>The selected instances that the destination held.</summary>
    public IEnumerable<InstanceInfo> AlreadySaved => Content.Selected.Where(instance => _held.Saved.Contains(instance.SopInstanceUid));

    /// <summary>Where the destination has an instance; <see langword="null"/> where it does not say.</summary>
    public string? LocationOf(InstanceInfo instance) => _held.Locate?.Invoke(instance);

    /// <summary>Whether an instance replaces one with other bytes when it is saved.</summary>
    public bool IsUpdate(InstanceInfo instance) => _held.Outdated.Contains(instance.SopInstanceUid);

    public long BytesTotal { get; }

    public long BytesWanted { get; }

    public long BytesSaved => DestinationError is null ? BytesTotal - BytesWanted : 0;

    /// <summary>Why the series can give nothing more; <see langword="null"/> also where nothing is wanted of it.</summary>
    public CodRetrieveException? Failure => Content.Index is not null && Wanted.Count == 0 ? null : Content.Failure;

    public bool IsComplete => Content.Index is { Problems.Count: 0 } && Wanted.Count == 0 && DestinationError is null;

    /// <summary>Compares a series with a destination.</summary>
    /// <param name="content">The series.</param>
    /// <param name="findSaved">Returns what the destination holds; <see langword="null"/> where there is no destination.</param>
    /// <param name="ledger">What this job itself has saved of the series already: it decides before the destination does.</param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    public static async ValueTask<SeriesDelta> CreateAsync(
        SeriesContent content,
        Func<SeriesInfo, CancellationToken, ValueTask<SeriesHoldings>>? findSaved,
        SeriesLedger? ledger,
        CancellationToken cancellationToken)
    {
        if (content.Index is null || findSaved is null)
        {
            return new SeriesDelta(content, SeriesHoldings.None, content.Selected, 0, null);
        }

        SeriesHoldings held;
        try
        {
            held = await findSaved(content.Series, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a save handler throws is the cause of this series' failure.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return new SeriesDelta(content, SeriesHoldings.None, [], 0, e);
        }

        var generation = content.Listing.Tar?.Generation;
        var wanted = content.Selected
            .Where(instance => !(ledger?.Holds(instance, generation) ?? held.Saved.Contains(instance.SopInstanceUid)))
            .ToList();
        return new SeriesDelta(content, held, wanted, content.Selected.Count - wanted.Count, null);
    }

    /// <summary>Returns the series' statistics.</summary>
    /// <param name="keepsInstances">Whether they keep the wanted instances, for their URIs.</param>
    public SeriesStats ToStats(bool keepsInstances) => new(Series)
    {
        Modality = Content.Index?.Attributes?.Modality,
        SeriesDescription = Content.Index?.Attributes?.Description,
        TarBytes = Content.Listing.Tar?.SizeBytes,
        TarStorageClass = Content.Listing.Tar?.StorageClass,
        InstancesTotal = Content.Selected.Count,
        InstancesNotSelected = Content.InstancesNotSelected,
        InstancesUndecided = Content.InstancesUndecided,
        InstancesSaved = InstancesSaved,
        BytesTotal = BytesTotal,
        BytesSaved = BytesSaved,
        InstancesWanted = Wanted.Count,
        Wanted = keepsInstances ? Wanted : [],
        IsSaved = IsComplete,
        Problem = DestinationError is not null ? SeriesProblem.UnreadableDestination : Failure is not null ? Content.Problem : SeriesProblem.None,
        ProblemCause = DestinationError is null ? Failure : DestinationError as CodRetrieveException
            ?? new CodRetrieveException($"{Series.TarUri}: what is saved of the series cannot be read: {DestinationError.Message}", DestinationError),
        EntryProblems = Content.Index is { Problems: { Count: > 0 } problems } ? [.. problems.Select(static problem => problem.Message)] : [],
        Warnings = Warnings,
        UnlistedInstances = _held.Unlisted.Count == 0 ? [] : _held.Unlisted,
    };

    /// <summary>What a user should know of the series though it can be retrieved.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            var kept = Content.Selected.Count(instance => _held.Outdated.Contains(instance.SopInstanceUid) && _held.Saved.Contains(instance.SopInstanceUid));
            return kept == 0 ? Content.Listing.Warnings
                : [.. Content.Listing.Warnings, $"{Series.TarUri}: {kept} instances are there with other bytes than the store lists, and are kept."];
        }
    }

    private static long SizeOf(IReadOnlyList<InstanceInfo> instances) => instances.Sum(static instance => instance.SizeBytes ?? 0);
}
