using System.Buffers;

namespace CodRetrieve.Catalog;

/// <summary>
/// Reads JSON forward from a stream, value by value, in a buffer of fixed size. Values that nobody wants are passed over without being
/// built, whatever their size; bare <c>NaN</c> and <c>Infinity</c>, which the COD writer leaves in DICOM tags, do no harm.
/// </summary>
/// <remarks>
/// Checks what it needs to stay in step (strings, brackets and their nesting), not every rule of RFC 8259. What it cannot read is a
/// <see cref="CodFormatException"/>. Owns neither the stream nor what it returns: text lies in the scanner until the next call.
/// </remarks>
internal sealed partial class JsonScanner(Stream stream, string uri) : IDisposable
{
    /// <summary>No text that the catalog wants is longer; of a longer one only the beginning is kept.</summary>
    public const int MaxTextBytes = 4096;

    private const int BufferBytes = 64 * 1024;
    private const int MaxDepth = 1024;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);

    private readonly bool[] _isObject = new bool[MaxDepth];
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private byte[] _text = ArrayPool<byte>.Shared.Rent(MaxTextBytes);
    private int _position;
    private int _filled;
    private long _before;
    private int _textLength;
    private CaptureBuffer? _capture;
    private int _captureStart;

    private long Offset => _before + _position;

    /// <summary>Enters the object that comes next.</summary>
    public async ValueTask EnterObjectAsync(CancellationToken cancellationToken)
    {
        if (await PeekAsync(cancellationToken).ConfigureAwait(false) != '{')
        {
            throw Malformed("an object was expected");
        }

        _position++;
    }

    /// <summary>Whether the value that comes next is an object.</summary>
    public async ValueTask<bool> IsObjectNextAsync(CancellationToken cancellationToken) =>
        await PeekAsync(cancellationToken).ConfigureAwait(false) == '{';

    /// <summary>
    /// Reads the next member's name in the object entered, up to the colon; gives <see langword="false"/> at its end, which is then left.
    /// </summary>
    public async ValueTask<bool> ReadNameAsync(CancellationToken cancellationToken)
    {
        var next = await PeekAsync(cancellationToken).ConfigureAwait(false);
        if (next == ',')
        {
            _position++;
            next = await PeekAsync(cancellationToken).ConfigureAwait(false);
        }

        if (next == '}')
        {
            _position++;
            return false;
        }

        if (next != '"')
        {
            throw Malformed("a member's name was expected");
        }

        await ReadStringAsync(cancellationToken).ConfigureAwait(false);
        if (await PeekAsync(cancellationToken).ConfigureAwait(false) != ':')
        {
            throw Malformed("a colon was expected");
        }

        _position++;
        return true;
    }

    /// <summary>The text read last, in UTF-8, its escapes resolved. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _textLength);

    /// <summary>
    /// Reads a string, number or literal into <see cref="Text"/>; passes over an object or array and gives <see langword="false"/>.
    /// </summary>
    public async ValueTask<bool> ReadScalarAsync(CancellationToken cancellationToken)
    {
        switch (await PeekAsync(cancellationToken).ConfigureAwait(false))
        {
            case (byte)'"':
                await ReadStringAsync(cancellationToken).ConfigureAwait(false);
                return true;
            case (byte)'{' or (byte)'[':
                await SkipValueAsync(cancellationToken).ConfigureAwait(false);
                return false;
            default:
                await ReadLiteralAsync(keep: true, cancellationToken).ConfigureAwait(false);
                return true;
        }
    }

    /// <summary>Passes over the value that comes next, at any depth up to a bound.</summary>
    public async ValueTask SkipValueAsync(CancellationToken cancellationToken)
    {
        var next = await PeekAsync(cancellationToken).ConfigureAwait(false);
        if (next == '"')
        {
            _position++;
            await SkipStringAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        if (next is not ((byte)'{' or (byte)'['))
        {
            await ReadLiteralAsync(keep: false, cancellationToken).ConfigureAwait(false);
            return;
        }

        await SkipNestedAsync(0, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Passes over the value that comes next, and copies it as it is written.</summary>
    public async ValueTask CaptureValueAsync(CaptureBuffer target, CancellationToken cancellationToken)
    {
        await PeekAsync(cancellationToken).ConfigureAwait(false);
        target.Clear();
        (_capture, _captureStart) = (target, _position);
        try
        {
            await SkipValueAsync(cancellationToken).ConfigureAwait(false);
            target.Add(_buffer.AsSpan(_captureStart, _position - _captureStart));
        }
        finally
        {
            _capture = null;
        }
    }

    /// <summary>Reads on to the end of the stream, where nothing but white space may come.</summary>
    public async ValueTask ReadEndAsync(CancellationToken cancellationToken)
    {
        if (await TryPeekAsync(cancellationToken).ConfigureAwait(false) is not null)
        {
            throw Malformed("more comes behind the end");
        }
    }

    public CodFormatException Malformed(string what) => new($"{uri}: the JSON cannot be read: {what} at byte {Offset}.");

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _buffer, []));
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _text, []));
    }

    // Passes over what comes until all brackets are closed, of which so many are open.
    private async ValueTask SkipNestedAsync(int depth, CancellationToken cancellationToken)
    {
        do
        {
            var found = _buffer.AsSpan(_position, _filled - _position).IndexOfAny(Structure);
            if (found < 0)
            {
                _position = _filled;
                await FillAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            _position += found;
            var structural = _buffer[_position++];
            if (structural == '"')
            {
                if (depth == 1)
                {
                    _capture?.Mark(_position - 1 - _captureStart);
                }

                if (!TrySkipString())
                {
                    await SkipStringAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            else
            {
                depth = Nest(structural, depth);
            }
        }
        while (depth > 0);
    }

    private int Nest(byte structural, int depth)
    {
        var isOpening = structural is (byte)'{' or (byte)'[';
        if (isOpening)
        {
            if (depth == MaxDepth)
            {
                throw Malformed($"values are nested deeper than {MaxDepth}");
            }

            _isObject[depth] = structural == '{';
            return depth + 1;
        }

        return _isObject[depth - 1] == (structural == '}') ? depth - 1 : throw Malformed("brackets do not match");
    }

    // Almost always the next byte lies in the buffer and is no white space: then without the cost of an asynchronous call.
    private ValueTask<byte> PeekAsync(CancellationToken cancellationToken) =>
        _position < _filled && _buffer[_position] is > (byte)' ' and < 0x80 and var next ? new(next) : PeekFurtherAsync(cancellationToken);

    private async ValueTask<byte> PeekFurtherAsync(CancellationToken cancellationToken) =>
        await TryPeekAsync(cancellationToken).ConfigureAwait(false) ?? throw Malformed("it is cut off");

    private async ValueTask<byte?> TryPeekAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_position < _filled)
            {
                var next = _buffer[_position];
                if (next is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') && !IsByteOrderMark(next))
                {
                    return next;
                }

                _position++;
            }

            if (!await TryFillAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }
    }

    private bool IsByteOrderMark(byte next) => Offset < 3 && next == "\uFEFF"u8[(int)Offset];

    private async ValueTask<byte> TakeAsync(CancellationToken cancellationToken)
    {
        if (_position == _filled)
        {
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }

        return _buffer[_position++];
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (!await TryFillAsync(cancellationToken).ConfigureAwait(false))
        {
            throw Malformed("it is cut off");
        }
    }

    private async ValueTask<bool> TryFillAsync(CancellationToken cancellationToken)
    {
        _capture?.Add(_buffer.AsSpan(_captureStart, _filled - _captureStart));
        _captureStart = 0;
        _before += _filled;
        _position = 0;
        _filled = 0;
        _filled = await stream.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
        return _filled > 0;
    }
}
