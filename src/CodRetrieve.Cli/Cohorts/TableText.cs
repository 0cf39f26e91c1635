namespace CodRetrieve.Cli.Cohorts;

/// <summary>
/// The rows of a table as its parser takes them. A parser takes a stray quote for the beginning of a field that ends at the next one, any number of rows
/// further on, and those rows are gone: so a field of several lines must begin and end as RFC 4180 says.
/// </summary>
internal sealed class TableText(CohortText text, char separator, long firstLine) : TextReader
{
    private long _line = firstLine;
    private long _rowLine = firstLine;
    private int _rowLength;
    private char _previous = '\n';
    private bool _isQuoted;
    private bool _wasClosed;
    private bool _isField;
    private bool _isLong;
    private bool _isBegun;
    private long _quoteLine;

    /// <summary>Why the text ended early: a row is too long, or a quote is where none may be. The rows from <see cref="FailedRow"/> on do not count.</summary>
    public CohortFormatException? Failure { get; private set; }

    /// <summary>The line in which the row with the failure begins.</summary>
    public long FailedRow { get; private set; } = long.MaxValue;

    public override int Read(Span<char> buffer) => throw new NotSupportedException("It is read asynchronously.");

    public override int Read(char[] buffer, int index, int count) => throw new NotSupportedException("It is read asynchronously.");

    public override async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isBegun && buffer.Length > 0)
        {
            // An empty row for the header, which was read already: Sep counts lines wrong in front of the first row of all.
            _isBegun = true;
            buffer.Span[0] = '\n';
            return 1;
        }

        if (Failure is not null)
        {
            return 0;
        }

        // The rows before a failure are in the same part, so that it is passed on.
        var count = await text.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        try
        {
            Check(buffer.Span[..count]);
            if (count == 0 && _isQuoted)
            {
                throw new CohortFormatException(_quoteLine, "the quote that is opened here is never closed");
            }
        }
        catch (CohortFormatException e)
        {
            (Failure, FailedRow) = (e, _rowLine);
        }

        return count;
    }

    private void Check(ReadOnlySpan<char> part)
    {
        var position = 0;
        while (position < part.Length)
        {
            CheckAfterField(part[position]);
            var found = part[position..].IndexOfAny('"', '\r', '\n');
            var length = found < 0 ? part.Length - position : found;
            _rowLength += length;
            if (length > 0)
            {
                (_wasClosed, _previous) = (false, part[position + length - 1]);
            }

            if (_rowLength > CohortText.MaxLineLength)
            {
                throw CohortText.TooLong(_rowLine);
            }

            if (found < 0)
            {
                return;
            }

            position += found;
            TakeMark(part[position++]);
        }
    }

    private void TakeMark(char mark)
    {
        CheckAfterField(mark);
        _rowLength++;
        if (mark == '"')
        {
            TakeQuote();
        }
        else if (mark == '\r' || _previous != '\r')
        {
            TakeLineEnd();
        }

        _wasClosed = mark == '"' && !_isQuoted;
        _previous = mark;
    }

    private void TakeQuote()
    {
        // Two of them within a field are one that is meant.
        if (!_isQuoted && !_wasClosed)
        {
            (_quoteLine, _isField, _isLong) = (_line, _previous == separator || _previous is '\n' or '\r', false);
        }

        _isQuoted = !_isQuoted;
    }

    private void TakeLineEnd()
    {
        _line++;
        if (!_isQuoted)
        {
            (_rowLine, _rowLength) = (_line, 0);
        }
        else if (!_isField)
        {
            throw Stray();
        }
        else
        {
            _isLong = true;
        }
    }

    private void CheckAfterField(char next)
    {
        if (_wasClosed && _isLong && next != separator && next is not ('"' or '\r' or '\n'))
        {
            throw Stray();
        }
    }

    private CohortFormatException Stray() => new(
        _quoteLine, "a quote that neither begins nor ends a field: a field with quotes or line ends in it stands in quotes itself, with two quotes for each of them");
}
