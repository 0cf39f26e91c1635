using Spectre.Console;

namespace CodRetrieve.Cli.Output;

/// <summary>A table of words and numbers: with a frame in a terminal, in columns of plain text elsewhere.</summary>
/// <param name="headers">The name of each column; one that begins with <c>&gt;</c> holds numbers, which end at its right.</param>
internal sealed class TextTable(params string[] headers)
{
    private const int MaxShortLength = 16;

    private readonly List<string[]> _rows = [];

    public int RowCount => _rows.Count;

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes a line a row, the columns two spaces apart.</summary>
    public void WritePlain(TextWriter output)
    {
        string[][] lines = [[.. Enumerable.Range(0, headers.Length).Select(Name)], .. _rows];
        var widths = Enumerable.Range(0, headers.Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
        {
            output.WriteLine(string.Join("  ", line.Select((cell, column) => IsNumber(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    /// <summary>Writes it for someone who is watching: as wide as the terminal at most, long cells folded.</summary>
    public void WriteFramed(TextWriter output)
    {
        var table = new Table { Border = TableBorder.Rounded };
        for (var column = 0; column < headers.Length; column++)
        {
            table.AddColumn(new TableColumn(new Text(Name(column))) { Alignment = IsNumber(column) ? Justify.Right : Justify.Left, NoWrap = IsShort(column) });
        }

        foreach (var row in _rows)
        {
            // Text, not markup: brackets in a description mean themselves.
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }).Write(table);
    }

    // Where the terminal is narrow, headings of several words and long cells are folded before any of these is.
    private bool IsShort(int column) =>
        !Name(column).Contains(' ', StringComparison.Ordinal) && _rows.TrueForAll(row => row[column].Length <= MaxShortLength);

    private bool IsNumber(int column) => headers[column][0] == '>';

    private string Name(int column) => headers[column].TrimStart('>');
}
