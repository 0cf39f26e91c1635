using System.Buffers;
using System.Text;

namespace CodRetrieve.Catalog;

/// <summary>Strings, numbers and literals: kept as <see cref="Text"/>, or passed over.</summary>
internal sealed partial class JsonScanner
{
    private const int MaxLiteralBytes = 64;

    private static readonly SearchValues<byte> StringEnd = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> ScalarEnd = SearchValues.Create(",}] \t\r\n"u8);

    private ValueTask ReadStringAsync(CancellationToken cancellationToken)
    {
        _position++;
        _textLength = 0;
        var rest = _buffer.AsSpan(_position, _filled - _position);
        var end = rest.IndexOfAny(StringEnd);
        if (end < 0 || rest[end] != '"')
        {
            return ReadStringFurtherAsync(cancellationToken);
        }

        Keep(rest[..end]);
        _position += end + 1;
        return ValueTask.CompletedTask;
    }

    private async ValueTask ReadStringFurtherAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = _buffer.AsSpan(_position, _filled - _position).IndexOfAny(StringEnd);
            Keep(_buffer.AsSpan(_position, found < 0 ? _filled - _position : found));
            if (found < 0)
            {
                _position = _filled;
                await FillAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            _position += found;
            if (_buffer[_position++] == '"')
            {
                return;
            }

            await ReadEscapeAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask ReadEscapeAsync(CancellationToken cancellationToken)
    {
        var escaped = await TakeAsync(cancellationToken).ConfigureAwait(false);
        if (escaped != 'u')
        {
            Keep([escaped switch { (byte)'n' => (byte)'\n', (byte)'t' => (byte)'\t', (byte)'r' => (byte)'\r', (byte)'b' => (byte)'\b', (byte)'f' => (byte)'\f', var same => same }]);
            return;
        }

        var code = 0;
        for (var i = 0; i < 4; i++)
        {
            var digit = (char)await TakeAsync(cancellationToken).ConfigureAwait(false);
            code = char.IsAsciiHexDigit(digit) ? (code << 4) + Convert.ToInt32(digit.ToString(), 16) : throw Malformed("an escape is not one");
        }

        KeepCharacter((char)code);
    }

    // No wanted text holds a surrogate pair: a half of one becomes the replacement character, which no checked name may hold.
    private void KeepCharacter(char character)
    {
        Span<byte> utf8 = stackalloc byte[4];
        var rune = Rune.TryCreate(character, out var valid) ? valid : Rune.ReplacementChar;
        Keep(utf8[..rune.EncodeToUtf8(utf8)]);
    }

    private async ValueTask SkipStringAsync(CancellationToken cancellationToken)
    {
        while (!TrySkipString())
        {
            if (_position < _filled)
            {
                // A backslash is the last byte here; what it escapes comes with the next ones.
                _position++;
                _ = await TakeAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await FillAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // Passes over the rest of a string as far as the buffer holds it: to its end, or to a backslash that is the last byte.
    private bool TrySkipString()
    {
        while (true)
        {
            var found = _buffer.AsSpan(_position, _filled - _position).IndexOfAny(StringEnd);
            if (found < 0)
            {
                _position = _filled;
                return false;
            }

            _position += found;
            if (_buffer[_position] == '"')
            {
                _position++;
                return true;
            }

            if (_position + 1 == _filled)
            {
                return false;
            }

            _position += 2;
        }
    }

    private ValueTask ReadLiteralAsync(bool keep, CancellationToken cancellationToken)
    {
        _textLength = keep ? 0 : _textLength;
        var rest = _buffer.AsSpan(_position, _filled - _position);
        var end = rest.IndexOfAny(ScalarEnd);
        if (end is <= 0 or > MaxLiteralBytes)
        {
            return ReadLiteralFurtherAsync(keep, cancellationToken);
        }

        if (keep)
        {
            Keep(rest[..end]);
        }

        _position += end;
        return ValueTask.CompletedTask;
    }

    private async ValueTask ReadLiteralFurtherAsync(bool keep, CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_position, _filled - _position);
            var end = rest.IndexOfAny(ScalarEnd);
            var part = end < 0 ? rest : rest[..end];
            length += part.Length;
            if (keep)
            {
                Keep(part);
            }

            _position += part.Length;
            if (end >= 0)
            {
                break;
            }

            await FillAsync(cancellationToken).ConfigureAwait(false);
        }

        if (length is 0 or > MaxLiteralBytes)
        {
            throw Malformed("a value was expected");
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var kept = bytes[..Math.Min(bytes.Length, MaxTextBytes - _textLength)];
        kept.CopyTo(_text.AsSpan(_textLength));
        _textLength += kept.Length;
    }
}
