using System.Text;
using nietras.SeparatedValues;
using Parquet;
using Parquet.Schema;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>Reads a report that is a table, in either format: rows by the names of their columns, <c>""</c> for what is not there.</summary>
internal static class ReportTable
{
    public static async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> ReadAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? ReadCsv(await File.ReadAllTextAsync(path)) : (await ReadParquetAsync(file)).Rows;
    }

    public static IReadOnlyList<IReadOnlyDictionary<string, string>> ReadCsv(string text)
    {
        using var reader = Sep.New(',').Reader(options => options with { Unescape = true }).FromText(text);
        var rows = new List<IReadOnlyDictionary<string, string>>();
        foreach (var row in reader)
        {
            var cells = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var name in reader.Header.ColNames)
            {
                cells.Add(name, row[name].ToString());
            }

            rows.Add(cells);
        }

        return rows;
    }

    public static async Task<(IReadOnlyList<IReadOnlyDictionary<string, string>> Rows, IReadOnlyList<int> Groups, ParquetSchema Schema)> ReadParquetAsync(Stream content)
    {
        await using var reader = await ParquetReader.CreateAsync(content);
        var rows = new List<IReadOnlyDictionary<string, string>>();
        var groups = new List<int>();
        foreach (var group in reader.RowGroups)
        {
            var count = (int)group.RowCount;
            groups.Add(count);
            var columns = new List<(string Name, string?[] Values)>();
            foreach (var field in reader.Schema.DataFields)
            {
                var values = new string?[count];
                if (field.ClrType == typeof(long))
                {
                    var numbers = new long?[count];
                    await group.ReadAsync<long>(field, numbers.AsMemory());
                    values = [.. numbers.Select(number => number?.ToString(null, null))];
                }
                else
                {
                    await group.ReadAsync(field, values.AsMemory());
                }

                columns.Add((field.Name, values));
            }

            rows.AddRange(Enumerable.Range(0, count).Select(i => columns.ToDictionary(column => column.Name, column => column.Values[i] ?? "", StringComparer.Ordinal)));
        }

        return (rows, groups, reader.Schema);
    }

    public static string Text(this MemoryStream content) => Encoding.UTF8.GetString(content.ToArray());
}
