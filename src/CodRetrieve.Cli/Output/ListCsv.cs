using System.Globalization;
using CodRetrieve.Cli.Options;

namespace CodRetrieve.Cli.Output;

/// <summary>A listing as CSV (RFC 4180). Its column <c>study</c> makes it a list of studies.</summary>
internal sealed class ListCsv : IListWriter
{
    private readonly TextWriter _output;
    private readonly ListLevel _level;

    public ListCsv(TextWriter output, ListRequest list)
    {
        (_output, _level) = (output, list.Level);
        WriteLine(_level switch
        {
            ListLevel.Study => ["study", "series", "instances", "instanceBytes", "tarBytes", "storageClasses", "updated", "seriesWithProblems"],
            ListLevel.Series => ["study", "series", "instances", "instanceBytes", "tarBytes", "storageClass", "updated", "problem"],
            _ => ["study", "series", "instance", "bytes", "crc32c", "uri"],
        });
    }

    public void Write(ListedStudy study)
    {
        switch (_level)
        {
            case ListLevel.Study:
                WriteLine(study.StudyInstanceUid, Text(study.Series.Count), Text(study.InstanceCount), Text(study.InstanceBytes), Text(study.TarBytes), string.Join(';', study.TarBytesByStorageClass.Select(static pair => $"{pair.Key}={pair.Value}")), Text(study.UpdatedAt), Text(study.SeriesWithProblems));
                break;
            case ListLevel.Series:
                foreach (var series in study.Series)
                {
                    WriteLine(study.StudyInstanceUid, series.SeriesInstanceUid, Text(series.InstanceCount), Text(series.InstanceBytes), Text(series.TarBytes), series.TarStorageClass ?? "", Text(series.UpdatedAt), series.Problem == SeriesProblem.None ? "" : Json.NameOf(series.Problem));
                }

                break;
            default:
                foreach (var instance in study.Series.SelectMany(static series => series.Instances))
                {
                    WriteLine(study.StudyInstanceUid, instance.Series.SeriesInstanceUid, instance.SopInstanceUid, Text(instance.SizeBytes), Crc32cText.Of(instance.Crc32c) ?? "", instance.Uri);
                }

                break;
        }
    }

    private static string Text(IFormattable? value) => value?.ToString(value is DateTimeOffset ? "O" : null, CultureInfo.InvariantCulture) ?? "";

    private void WriteLine(params string[] cells) => _output.WriteLine(string.Join(',', cells.Select(static cell => CsvCell.Of(PrintableText.Of(cell)))));
}
