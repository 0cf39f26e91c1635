using System.Globalization;
using System.Text;

namespace CodRetrieve.Cli.Output;

/// <summary>
/// A table as RFC 4180 has it, in UTF-8 without a mark. Values are written as they are, also those that a spreadsheet would take for a formula: a report is
/// read by programs, for which an apostrophe before a CRC32C or a negative number is another value.
/// </summary>
internal sealed class CsvTable : IInstanceTable
{
    private const int FlushLength = 1 << 15;

    private readonly Stream _stream;
    private readonly StringBuilder _text = new();

    public CsvTable(Stream stream, IReadOnlyList<string> columns)
    {
        _stream = stream;
        foreach (var name in InstanceRow.Columns.Concat(columns))
        {
            Append(name);
        }

        EndRow();
    }

    public void Add(InstanceRow row, IReadOnlyList<string?> attributes)
    {
        Append(row.Study);
        Append(row.Series);
        Append(row.Instance);
        Append(row.Outcome);
        Append(row.Bytes?.ToString(CultureInfo.InvariantCulture));
        Append(row.Crc32c);
        Append(row.Path);
        Append(row.Error);
        foreach (var attribute in attributes)
        {
            Append(attribute);
        }

        EndRow();
        if (_text.Length >= FlushLength)
        {
            Flush();
        }
    }

    public Task CompleteAsync()
    {
        Flush();
        return Task.CompletedTask;
    }

    private void Append(string? value)
    {
        if (value is not null)
        {
            _text.Append(CsvCell.Of(value));
        }

        _text.Append(',');
    }

    private void EndRow() => _text.Remove(_text.Length - 1, 1).Append("\r\n");

    private void Flush()
    {
        _stream.Write(Encoding.UTF8.GetBytes(_text.ToString()));
        _text.Clear();
    }
}
