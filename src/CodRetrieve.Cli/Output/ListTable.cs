using System.Globalization;
using CodRetrieve.Cli.Options;

namespace CodRetrieve.Cli.Output;

/// <summary>A listing in columns of plain text. It begins before it is known what comes: a column is as wide as its widest cell so far.</summary>
internal sealed class ListTable(TextWriter output, ListRequest list) : IListWriter
{
    private int[]? _widths;

    public void Write(ListedStudy study)
    {
        switch (list.Level)
        {
            case ListLevel.Study:
                WriteLine(
                    new("STUDY", study.StudyInstanceUid),
                    Column.Number("SERIES", Text(study.Series.Count)),
                    list.HasInstances ? Column.Number("INSTANCES", Text(study.InstanceCount)) : null,
                    Column.Number("BYTES", Size(study.InstanceBytes ?? study.TarBytes)),
                    new("UPDATED", Time(study.UpdatedAt)),
                    new("NOTES", Notes(study)));
                break;
            case ListLevel.Series:
                foreach (var series in study.Series)
                {
                    WriteLine(
                        new("STUDY", study.StudyInstanceUid),
                        new("SERIES", series.SeriesInstanceUid),
                        list.HasInstances ? Column.Number("INSTANCES", Text(series.InstanceCount)) : null,
                        Column.Number("BYTES", Size(series.InstanceBytes ?? series.TarBytes)),
                        new("UPDATED", Time(series.UpdatedAt)),
                        new("CLASS", PrintableText.Of(series.TarStorageClass ?? "-")),
                        new("PROBLEM", series.Problem == SeriesProblem.None ? "" : Json.NameOf(series.Problem)));
                }

                break;
            default:
                foreach (var instance in study.Series.SelectMany(static series => series.Instances))
                {
                    WriteLine(
                        new("STUDY", study.StudyInstanceUid),
                        new("SERIES", instance.Series.SeriesInstanceUid),
                        new("INSTANCE", instance.SopInstanceUid),
                        Column.Number("BYTES", Size(instance.SizeBytes)));
                }

                break;
        }
    }

    private static string Notes(ListedStudy study)
    {
        var classes = StorageClassText.Of(study.TarBytesByStorageClass).TrimStart(',', ' ');
        var problems = study.SeriesWithProblems == 0 ? "" : $"{Pluralizer.Of(study.SeriesWithProblems, "series")} with problems";
        return string.Join(", ", new[] { classes, problems }.Where(static text => text.Length > 0));
    }

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Size(long? bytes) => bytes is { } known ? ByteSize.Text(known) : "-";

    private static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";

    private void WriteLine(params Column?[] columns)
    {
        Column[] present = [.. columns.OfType<Column>()];
        var isFirst = _widths is null;
        _widths ??= [.. present.Select(static column => column.MinWidth)];
        for (var i = 0; i < present.Length; i++)
        {
            _widths[i] = Math.Max(_widths[i], present[i].Cell.Length);
        }

        if (isFirst)
        {
            output.WriteLine(Line(present, static column => column.Name));
        }

        output.WriteLine(Line(present, static column => column.Cell));
    }

    private string Line(Column[] columns, Func<Column, string> text) =>
        string.Join("  ", columns.Select((column, i) => column.IsNumber ? text(column).PadLeft(_widths![i]) : text(column).PadRight(_widths![i]))).TrimEnd();

    private sealed record Column(string Name, string Cell, bool IsNumber = false)
    {
        // As wide as "999.9 MB", so that most numbers need not push others aside.
        private const int NumberWidth = 9;

        public int MinWidth => IsNumber ? Math.Max(NumberWidth, Name.Length) : Name.Length;

        public static Column Number(string name, string cell) => new(name, cell, IsNumber: true);
    }
}
