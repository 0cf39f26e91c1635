namespace CodRetrieve.Cli.Output;

/// <summary>Begins the file of <c>--report</c>, in the form that its name asks for.</summary>
internal static class InstanceReports
{
    /// <summary>What is written, for messages.</summary>
    public const string What = "The report";

    /// <param name="path">Where: a table if it ends in <c>.csv</c> or <c>.parquet</c>, else JSON. The folder is made if need be.</param>
    /// <param name="columns">Attributes that are columns of a table, in their order.</param>
    /// <param name="valueOf">Gives the value of an attribute of an instance; <see langword="null"/> where it has none.</param>
    /// <exception cref="DestinationException">It cannot be written there.</exception>
    /// <exception cref="UsageException">The columns are not possible.</exception>
    public static IInstanceReport Create(string path, IReadOnlyList<string> columns, Func<InstanceInfo, string, string?> valueOf)
    {
        var extension = Path.GetExtension(path);
        var isCsv = extension.Equals(".csv", StringComparison.OrdinalIgnoreCase);
        if (!isCsv && !extension.Equals(".parquet", StringComparison.OrdinalIgnoreCase))
        {
            return columns.Count == 0
                ? InstanceReport.Create(path)
                : throw new UsageException("--columns is for reports that are tables: give --report a name that ends in .csv or .parquet.");
        }

        InstanceTable.Check(columns);
        var file = ReportFile.Create(path, What);
        return new InstanceTable(path, file, isCsv ? new CsvTable(file.Stream, columns) : new ParquetTable(file.Stream, columns), columns, valueOf);
    }
}
