using System.Runtime.CompilerServices;
using nietras.SeparatedValues;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>A table with a header, separated by comma, semicolon, tab or <c>|</c>.</summary>
internal sealed class TableRows
{
    private static readonly char[] Separators = [',', ';', '\t', '|'];

    private readonly char _separator;
    private readonly CohortColumns _columns;
    private readonly int[] _uids;
    private readonly int[] _others;

    private TableRows(char separator, CohortColumns columns)
    {
        (_separator, _columns) = (separator, columns);
        (_uids, _others) = ([.. columns.Uids], [.. columns.Others]);
    }

    public CohortColumns Columns => _columns;

    /// <summary>Reads a header.</summary>
    /// <returns>The table; <see langword="null"/> where the line is no header with a column of UIDs.</returns>
    public static TableRows? FromHeader(string line, IReadOnlyCollection<string> wanted)
    {
        foreach (var separator in Separators)
        {
            using var reader = Options(separator).FromText(line);
            foreach (var row in reader)
            {
                var names = new string[row.ColCount];
                for (var i = 0; i < names.Length; i++)
                {
                    names[i] = row[i].ToString().Trim();
                }

                if (CohortColumns.Of(names, wanted) is { Any: true } columns)
                {
                    return new TableRows(separator, columns);
                }
            }
        }

        return null;
    }

    /// <summary>The rows behind the header.</summary>
    public async IAsyncEnumerable<CohortLine> ReadAsync(CohortText text, CohortRowBuilder builder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var header = text.LinesRead;
        using var source = new TableText(text, _separator, header + 1);
        using var reader = await Options(_separator).FromAsync(source, cancellationToken).ConfigureAwait(false);
        var cells = new string?[_uids.Concat(_others).Max() + 1];
        while (await reader.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            var number = header - 1 + reader.Current.LineNumberFrom;
            if (number < source.FailedRow && Build(reader.Current, number, builder, cells) is { } line)
            {
                yield return line;
            }
        }

        if (source.Failure is { } failure)
        {
            throw failure;
        }
    }

    private static SepReaderOptions Options(char separator) =>
        Sep.New(separator).Reader(options => options with { HasHeader = false, Unescape = true, DisableColCountCheck = true });

    private CohortLine? Build(SepReader.Row row, long number, CohortRowBuilder builder, string?[] cells)
    {
        foreach (var column in _uids)
        {
            cells[column] = column < row.ColCount ? CohortUid.OfCell(row[column].Span) : null;
        }

        foreach (var column in _others)
        {
            cells[column] = column < row.ColCount && row[column].Span.Trim() is { Length: > 0 } text ? text.ToString() : null;
        }

        // Spreadsheets end with rows of nothing but separators.
        var line = builder.Build(number, _columns, cells);
        return line.Row is null && row.Span.Trim().Trim([_separator, ' ', '"']).Length == 0 ? null : line;
    }
}
