using nietras.SeparatedValues;

namespace CodRetrieve.Cli.Input;

/// <summary>A table with a header, one of whose columns holds the Study Instance UID.</summary>
internal sealed class StudyTable
{
    private static readonly char[] Separators = [',', ';', '\t', '|'];

    private readonly char _separator;
    private readonly int _column;

    private StudyTable(char separator, int column) => (_separator, _column) = (separator, column);

    /// <summary>Reads a header.</summary>
    /// <returns>The table; <see langword="null"/> where the line is no header with such a column.</returns>
    public static StudyTable? FromHeader(string line)
    {
        foreach (var separator in Separators)
        {
            using var reader = Open(line, separator);
            foreach (var row in reader)
            {
                for (var i = 0; i < row.ColCount; i++)
                {
                    if (StudyColumn.Is(row[i].ToString()))
                    {
                        return new StudyTable(separator, i);
                    }
                }
            }
        }

        return null;
    }

    /// <summary>The rows behind the header.</summary>
    /// <param name="text">The table, from its header on.</param>
    /// <returns>Of each row the number of its first line, from 1, its text (empty where nothing is in it), and the study (<see langword="null"/> where it has none).</returns>
    public List<(int Line, string Text, string? Study)> Rows(string text)
    {
        var rows = new List<(int, string, string?)>();
        using var reader = Open(text, _separator);
        foreach (var row in reader)
        {
            if (row.RowIndex == 0)
            {
                continue;
            }

            // Spreadsheets end with rows of nothing but separators.
            var line = row.Span.ToString().Trim();
            var isEmpty = line.Trim(_separator, ' ', '"').Length == 0;
            rows.Add((row.LineNumberFrom, isEmpty ? "" : line, !isEmpty && _column < row.ColCount ? row[_column].ToString().Trim() : null));
        }

        return rows;
    }

    private static SepReader Open(string text, char separator) =>
        Sep.New(separator).Reader(options => options with { HasHeader = false, Unescape = true, DisableColCountCheck = true }).FromText(text);
}
