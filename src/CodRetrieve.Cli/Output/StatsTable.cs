namespace CodRetrieve.Cli.Output;

/// <summary>What studies hold, as a table.</summary>
internal static class StatsTable
{
    public static void Write(TextWriter output, DownloadStats stats)
    {
        List<string[]> rows = [["STUDY", "SERIES", "INSTANCES", "BYTES", "STATE"]];
        rows.AddRange(stats.Series.Select(series => new[]
        {
            series.StudyInstanceUid,
            series.SeriesInstanceUid,
            $"{series.InstancesSaved}/{series.InstancesTotal}",
            ByteSize.Text(series.BytesTotal),
            SeriesState.Of(series),
        }));
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => column is 2 or 3 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
        }

        output.WriteLine($"{Count.Of(stats.TotalSeriesCount, "series")}, {stats.SavedSeriesCount} saved; "
            + $"{Count.Of(stats.TotalInstanceCount, "instance")}, {stats.SavedInstanceCount} saved; "
            + $"{ByteSize.Text(stats.TotalBytes)}, {ByteSize.Text(stats.SavedBytes)} saved");
    }
}
