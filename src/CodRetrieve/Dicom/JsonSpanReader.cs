using System.Buffers;
using System.Text;

namespace CodRetrieve.Dicom;

/// <summary>
/// Reads JSON that lies in memory, forward, and gives the values as slices of it. Tolerates the bare <c>NaN</c> and <c>Infinity</c> of the COD writer. What is
/// malformed ends the reading, <see cref="IsMalformed"/>; nothing is thrown.
/// </summary>
internal ref struct JsonSpanReader(ReadOnlySpan<byte> json)
{
    private const int MaxDepth = 256;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> StringEnd = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> ScalarEnd = SearchValues.Create(",}] \t\r\n"u8);

    private readonly ReadOnlySpan<byte> _json = json;

    public bool IsMalformed { get; private set; }

    /// <summary>How far it has read.</summary>
    public int Position { get; private set; }

    /// <summary>Enters the object that comes next.</summary>
    public bool TryEnterObject() => TryTake((byte)'{');

    /// <summary>Enters the array that comes next.</summary>
    public bool TryEnterArray() => TryTake((byte)'[');

    /// <summary>Reads the next member's name, its escapes not resolved, up to the colon; false at the end of the object, which is then left.</summary>
    public bool TryReadName(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!TryNext((byte)'}'))
        {
            return false;
        }

        if (Peek() != '"')
        {
            return Fail();
        }

        var quoted = ReadValue();
        if (IsMalformed || Peek() != ':')
        {
            return Fail();
        }

        name = quoted[1..^1];
        Position++;
        return true;
    }

    /// <summary>Whether another item comes in the array entered; false at its end, which is then left.</summary>
    public bool TryNextItem() => TryNext((byte)']');

    /// <summary>Passes over the next value and gives it as it is written, strings with their quotes; empty where it is malformed.</summary>
    public ReadOnlySpan<byte> ReadValue()
    {
        var next = Peek();
        var start = Position;
        var isRead = next switch
        {
            (byte)'"' => TrySkipString(),
            (byte)'{' or (byte)'[' => TrySkipNested(),
            _ => TrySkipScalar(),
        };
        return isRead ? _json[start..Position] : [];
    }

    /// <summary>The text of a string as it is written, with its quotes: escapes resolved.</summary>
    public static string Unescape(ReadOnlySpan<byte> written)
    {
        var content = written[1..^1];
        if (content.IndexOf((byte)'\\') < 0)
        {
            return Encoding.UTF8.GetString(content);
        }

        var text = new StringBuilder(content.Length);
        while (content.IndexOf((byte)'\\') is var escape and >= 0 && escape + 1 < content.Length)
        {
            text.Append(Encoding.UTF8.GetString(content[..escape]));
            content = content[(escape + 1)..];
            content = content[Append(text, content)..];
        }

        return text.Append(Encoding.UTF8.GetString(content)).ToString();
    }

    // How many bytes the escape had behind its backslash.
    private static int Append(StringBuilder text, ReadOnlySpan<byte> escape)
    {
        if (escape[0] != 'u')
        {
            text.Append(escape[0] switch { (byte)'n' => '\n', (byte)'t' => '\t', (byte)'r' => '\r', (byte)'b' => '\b', (byte)'f' => '\f', var same => (char)same });
            return 1;
        }

        var isCode = System.Buffers.Text.Utf8Parser.TryParse(escape[1..Math.Min(5, escape.Length)], out ushort code, out var used, 'x') && used == 4;
        text.Append(isCode ? (char)code : '\uFFFD');
        return isCode ? 5 : 1;
    }

    private bool TryTake(byte bracket)
    {
        if (Peek() != bracket)
        {
            return Fail();
        }

        Position++;
        return true;
    }

    private bool TryNext(byte end)
    {
        // What was malformed was not passed over.
        if (IsMalformed)
        {
            return false;
        }

        var next = Peek();
        if (next == ',')
        {
            Position++;
            next = Peek();
        }

        if (next == end)
        {
            Position++;
            return false;
        }

        return next is not null || Fail();
    }

    private byte? Peek()
    {
        while (Position < _json.Length)
        {
            var next = _json[Position];
            if (next is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
            {
                return next;
            }

            Position++;
        }

        return null;
    }

    private bool TrySkipString()
    {
        Position++;
        while (true)
        {
            var found = _json[Position..].IndexOfAny(StringEnd);
            if (found < 0)
            {
                return Fail();
            }

            Position += found + 1;
            if (_json[Position - 1] == '"')
            {
                return true;
            }

            if (++Position > _json.Length)
            {
                Position = _json.Length;
                return Fail();
            }
        }
    }

    private bool TrySkipNested()
    {
        var depth = 0;
        do
        {
            var found = _json[Position..].IndexOfAny(Structure);
            if (found < 0)
            {
                return Fail();
            }

            Position += found;
            switch (_json[Position])
            {
                case (byte)'"':
                    if (!TrySkipString())
                    {
                        return false;
                    }

                    continue;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    depth--;
                    break;
            }

            Position++;
        }
        while (depth is > 0 and <= MaxDepth);
        return depth == 0 || Fail();
    }

    private bool TrySkipScalar()
    {
        var length = _json[Position..].IndexOfAny(ScalarEnd);
        Position = length < 0 ? _json.Length : Position + length;
        return length != 0 || Fail();
    }

    private bool Fail()
    {
        IsMalformed = true;
        return false;
    }
}
