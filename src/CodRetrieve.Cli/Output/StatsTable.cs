namespace CodRetrieve.Cli.Output;

/// <summary>What studies hold: a table of all series, or for someone who is watching one for each study.</summary>
internal static class StatsTable
{
    private static readonly string[] Columns = ["SERIES", "MODALITY", "DESCRIPTION", ">INSTANCES", ">BYTES", "STATE"];

    public static void Write(TextWriter output, DownloadStats stats, bool framed)
    {
        if (framed)
        {
            foreach (var study in stats.Series.GroupBy(series => series.StudyInstanceUid, StringComparer.Ordinal))
            {
                output.WriteLine($"study {study.Key}");
                Of(study, Columns, Cells).WriteFramed(output);
            }
        }
        else
        {
            Of(stats.Series, ["STUDY", .. Columns], series => [series.StudyInstanceUid, .. Cells(series)]).WritePlain(output);
        }

        if (SelectionText.Of(stats) is { } selected)
        {
            output.WriteLine(selected);
        }

        output.WriteLine($"{Pluralizer.Of(stats.SeriesTotal, "series")}, {stats.SeriesSaved} saved; "
            + $"{Pluralizer.Of(stats.InstancesTotal, "instance")}, {stats.InstancesSaved} saved; "
            + $"{ByteSize.Text(stats.BytesTotal)}, {ByteSize.Text(stats.BytesSaved)} saved{ToFetch(stats)}");
    }

    // Only where that costs a retrieval fee.
    private static string ToFetch(DownloadStats stats) => StorageClassText.Of(stats.BytesToFetchByStorageClass) is { Length: > 0 } classes
        ? $"; {ByteSize.Text(stats.SeriesToFetch.Sum(static series => series.BytesTotal - series.BytesSaved))} to fetch{classes}"
        : "";

    private static TextTable Of(IEnumerable<SeriesStats> all, string[] columns, Func<SeriesStats, string[]> cells)
    {
        var table = new TextTable(columns);
        foreach (var series in all)
        {
            table.Add(cells(series));
        }

        return table;
    }

    private static string[] Cells(SeriesStats series) =>
    [
        series.SeriesInstanceUid,
        PrintableText.Of(series.Modality),
        PrintableText.Of(series.SeriesDescription),
        $"{series.InstancesSaved}/{series.InstancesTotal}",
        ByteSize.Text(series.BytesTotal),
        SeriesState.Of(series),
    ];
}
