using System.Text;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>
/// The text of a cohort, in whatever encoding Windows or a database wrote it, without what is invisible in it. Read once, from the beginning, by
/// lines or in parts. Not thread safe; the stream is the caller's.
/// </summary>
internal sealed class CohortText : IDisposable
{
    /// <summary>The longest line, and the longest row of a table or object of JSON, in characters.</summary>
    public const int MaxLineLength = 1 << 20;

    private const int BufferLength = 1 << 15;
    private const int SampleLength = 64;

    // Marks of an encoding in the middle, where files were put together, what databases fill fields with, and what web pages hide in them.
    private static readonly char[] Invisible = ['\uFEFF', '\0', '\u200B', '\u2060'];

    private readonly StreamReader _reader;
    private readonly char[] _buffer = new char[BufferLength];
    private int _start;
    private int _end;

    private CohortText(StreamReader reader) => _reader = reader;

    /// <summary>How many lines were read to their end.</summary>
    public long LinesRead { get; private set; }

    /// <summary>Begins to read: UTF-8, or UTF-16 where it begins with its mark or has a zero in every other byte.</summary>
    /// <param name="stream">The file, at its beginning; it can be sought.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<CohortText> OpenAsync(Stream stream, CancellationToken cancellationToken)
    {
        var sample = new byte[SampleLength];
        var length = await stream.ReadAtLeastAsync(sample, sample.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        stream.Position = 0;
        return new CohortText(new StreamReader(stream, EncodingOf(sample.AsSpan(0, length)), detectEncodingFromByteOrderMarks: true, BufferLength, leaveOpen: true));
    }

    public void Dispose() => _reader.Dispose();

    /// <summary>The first character that is no blank, from here on, which is not taken; <c>'\0'</c> at the end.</summary>
    public async ValueTask<char> PeekPastBlanksAsync(CancellationToken cancellationToken)
    {
        while (await FillAsync(cancellationToken).ConfigureAwait(false))
        {
            for (; _start < _end; _start++)
            {
                if (!char.IsWhiteSpace(_buffer[_start]))
                {
                    return _buffer[_start];
                }

                // A CR before an LF is in the same line.
                LinesRead += _buffer[_start] == '\n' ? 1 : 0;
            }
        }

        return '\0';
    }

    /// <summary>The next line, without its end and the blanks around it; <see langword="null"/> at the end.</summary>
    /// <exception cref="CohortFormatException">The line is too long.</exception>
    public async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        StringBuilder? before = null;
        while (await FillAsync(cancellationToken).ConfigureAwait(false))
        {
            var rest = _buffer.AsMemory(_start, _end - _start);
            var end = rest.Span.IndexOfAny('\r', '\n');
            var part = end < 0 ? rest : rest[..end];
            if (part.Length + (before?.Length ?? 0) > MaxLineLength)
            {
                throw TooLong(LinesRead + 1);
            }

            _start += part.Length;
            if (end < 0)
            {
                before = (before ?? new StringBuilder()).Append(part);
                continue;
            }

            var line = before is null ? part.Span.Trim().ToString() : before.Append(part).ToString().Trim();
            await TakeLineEndAsync(cancellationToken).ConfigureAwait(false);
            return line;
        }

        if (before is null)
        {
            return null;
        }

        LinesRead++;
        return before.ToString().Trim();
    }

    /// <summary>Reads some characters, of any lines. <see cref="LinesRead"/> stays what it is.</summary>
    /// <returns>How many; 0 at the end.</returns>
    public async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken)
    {
        if (!await FillAsync(cancellationToken).ConfigureAwait(false))
        {
            return 0;
        }

        var count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer.Span);
        _start += count;
        return count;
    }

    public static CohortFormatException TooLong(long line) =>
        new(line, $"a line of more than {MaxLineLength} characters, which no list of UIDs has");

    private async ValueTask TakeLineEndAsync(CancellationToken cancellationToken)
    {
        LinesRead++;
        if (_buffer[_start++] == '\r' && await FillAsync(cancellationToken).ConfigureAwait(false) && _buffer[_start] == '\n')
        {
            _start++;
        }
    }

    // Whether there is something to read.
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        while (_start == _end)
        {
            var count = await _reader.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                return false;
            }

            (_start, _end) = (0, RemoveInvisible(_buffer.AsSpan(0, count)));
        }

        return true;
    }

    private static int RemoveInvisible(Span<char> text)
    {
        var kept = text.IndexOfAny(Invisible);
        if (kept < 0)
        {
            return text.Length;
        }

        foreach (var c in text[kept..])
        {
            if (!Invisible.AsSpan().Contains(c))
            {
                text[kept++] = c;
            }
        }

        return kept;
    }

    private static Encoding EncodingOf(ReadOnlySpan<byte> start)
    {
        var (even, odd) = (0, 0);
        for (var i = 0; i < start.Length; i++)
        {
            if (start[i] == 0)
            {
                _ = i % 2 == 0 ? even++ : odd++;
            }
        }

        // Letters and digits in UTF-16 have a zero beside each; padding has zeros on both sides.
        return even == 0 && odd > start.Length / 4 ? Encoding.Unicode : odd == 0 && even > start.Length / 4 ? Encoding.BigEndianUnicode : Encoding.UTF8;
    }
}
