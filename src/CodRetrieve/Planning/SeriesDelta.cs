using CodRetrieve.Catalog;

namespace CodRetrieve.Planning;

/// <summary>One series compared with what the destination holds of it.</summary>
internal sealed class SeriesDelta
{
    private SeriesDelta(SeriesContent content, IReadOnlyList<InstanceInfo> wanted)
    {
        Content = content;
        Wanted = wanted;
        BytesWanted = wanted.Sum(instance => instance.SizeBytes ?? 0);
    }

    public SeriesContent Content { get; }

    public SeriesInfo Series => Content.Series;

    /// <summary>The instances that the destination lacks, in the index's order.</summary>
    public IReadOnlyList<InstanceInfo> Wanted { get; }

    public long BytesWanted { get; }

    public int InstancesSaved => Series.Instances.Count - Wanted.Count;

    public long BytesTotal => Series.Instances.Sum(instance => instance.SizeBytes ?? 0);

    /// <summary>Why the series can give nothing more; <see langword="null"/> also where nothing is wanted of it.</summary>
    public CodRetrieveException? Failure => Content.Index is not null && Wanted.Count == 0 ? null : Content.Failure;

    public bool IsComplete => Content.Index is { Problems.Count: 0 } && Wanted.Count == 0;

    public IReadOnlyList<string> Warnings
    {
        get
        {
            var warnings = new List<string>();
            if (Content.Listing.HasLock)
            {
                warnings.Add($"{Series.TarUri}: a writer's lock lies beside the series; it may be about to change, or its writer died.");
            }

            if (Content.Listing.HasErrorLog)
            {
                warnings.Add($"{Series.TarUri}: the writer left an error log beside the series.");
            }

            return warnings;
        }
    }

    /// <param name="content">The series.</param>
    /// <param name="isSaved">Whether the destination holds an instance, whole.</param>
    public static SeriesDelta Create(SeriesContent content, Func<InstanceInfo, bool> isSaved) =>
        new(content, [.. content.Series.Instances.Where(instance => !isSaved(instance))]);
}
