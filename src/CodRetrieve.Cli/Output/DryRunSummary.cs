namespace CodRetrieve.Cli.Output;

/// <summary>What a download would fetch: a line per series, and the sum.</summary>
internal static class DryRunSummary
{
    public static void Write(TextWriter output, DownloadStats stats)
    {
        var (series, instances, bytes) = (0, 0, 0L);
        foreach (var one in stats.SeriesToFetch)
        {
            var (missing, missingBytes) = (one.InstancesTotal - one.InstancesSaved, one.BytesTotal - one.BytesSaved);
            output.WriteLine($"would fetch {one.StudyInstanceUid}/{one.SeriesInstanceUid}: {Pluralizer.Of(missing, "instance")}, {ByteSize.Text(missingBytes)}");
            (series, instances, bytes) = (series + 1, instances + missing, bytes + missingBytes);
        }

        if (SelectionText.Of(stats) is { } selected)
        {
            output.WriteLine(selected);
        }

        output.WriteLine(
            $"dry run: {Pluralizer.Of(instances, "instance")} ({ByteSize.Text(bytes)}{StorageClassText.Of(stats.BytesToFetchByStorageClass)}) of {Pluralizer.Of(series, "series")} would be fetched, {stats.InstancesSaved} skipped; nothing was written");
    }
}
