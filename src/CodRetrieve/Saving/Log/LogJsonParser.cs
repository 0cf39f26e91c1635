using System.Text.Json;

namespace CodRetrieve.Saving;

/// <summary>
/// Reads a <c>log.json</c> block by block: hashes its entries and notes where its parts lie, so that it can be appended to, or put
/// together anew, without being held in memory.
/// </summary>
internal sealed class LogJsonParser(HashSet<UInt128> entries)
{
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = 256 });
    private long _position;
    private long _propertyStart;
    private bool _isLogs;
    private bool _inLogs;
    private long _elementsStart;
    private long _elementsEnd;

    /// <summary>The other properties of the file, with their names.</summary>
    public List<LogJsonSpan> OtherProperties { get; } = [];

    /// <summary>The elements of <c>logs</c>, without the brackets; more than one only if the name stands there more than once.</summary>
    public List<LogJsonSpan> Elements { get; } = [];

    /// <summary>Whether <c>logs</c> is an array and the last property.</summary>
    public bool EndsInLogs { get; private set; }

    /// <summary>Where the next element goes, if <see cref="EndsInLogs"/>.</summary>
    public long AppendOffset => _elementsEnd;

    /// <summary>Whether <c>logs</c> has no elements yet.</summary>
    public bool IsEmpty => Elements.Count == 0;

    /// <summary>Whether the file is no log: cut off, not JSON, or of another shape.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>How far the file could be understood.</summary>
    public long Position => _position;

    /// <summary>Whether <see cref="Position"/> lies within <c>logs</c>.</summary>
    public bool StoppedInLogs => _inLogs;

    /// <summary>Reads on.</summary>
    /// <param name="block">The bytes from <see cref="Position"/> on.</param>
    /// <param name="isFinal">Whether the file ends with them.</param>
    public void Read(ReadOnlySpan<byte> block, bool isFinal)
    {
        var start = _position;
        var reader = new Utf8JsonReader(block, isFinal, _state);
        try
        {
            while (!IsDamaged && reader.Read())
            {
                OnToken(ref reader, start);
                _position = start + reader.BytesConsumed;
            }

            _position = start + reader.BytesConsumed;
            _state = reader.CurrentState;
        }
        catch (JsonException)
        {
            MarkDamaged();
        }
    }

    /// <summary>Leaves out the bytes at the beginning that are no JSON (a byte order mark).</summary>
    public void Skip(int count) => _position += count;

    /// <summary>Gives up: what follows <see cref="Position"/> cannot be read.</summary>
    public void MarkDamaged()
    {
        IsDamaged = true;
        if (_inLogs)
        {
            AddElements();
        }
    }

    private void OnToken(ref Utf8JsonReader reader, long start)
    {
        var end = start + reader.BytesConsumed;
        switch (reader.CurrentDepth)
        {
            case 0 when reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject):
                IsDamaged = true;
                break;
            case 1:
                OnProperty(ref reader, start + reader.TokenStartIndex, end);
                break;
            case 2 when _inLogs && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray):
                _elementsEnd = end;
                AddEntry(ref reader);
                break;
            default:
                break;
        }
    }

    private void OnProperty(ref Utf8JsonReader reader, long start, long end)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _propertyStart = start;
                _isLogs = reader.ValueTextEquals("logs"u8);
                EndsInLogs = false;
                break;
            case JsonTokenType.StartArray when _isLogs:
                _inLogs = true;
                _elementsStart = _elementsEnd = end;
                break;
            case JsonTokenType.EndArray when _isLogs:
                _inLogs = false;
                EndsInLogs = true;
                AddElements();
                break;
            case JsonTokenType.StartArray or JsonTokenType.StartObject when !_isLogs:
                break;
            case JsonTokenType.Null when _isLogs:
                break;
            default:
                AddProperty(end);
                break;
        }
    }

    private void AddProperty(long end)
    {
        if (_isLogs)
        {
            // "logs" that is no list is not what any tool writes.
            IsDamaged = true;
        }
        else
        {
            OtherProperties.Add(new(_propertyStart, end));
        }
    }

    private void AddElements()
    {
        if (_elementsEnd > _elementsStart)
        {
            Elements.Add(new(_elementsStart, _elementsEnd));
        }
    }

    private void AddEntry(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return;
        }

        if (!reader.ValueIsEscaped)
        {
            entries.Add(EntryHash.Of(reader.ValueSpan));
        }
        else if (TryUnescape(ref reader) is { } text)
        {
            entries.Add(EntryHash.Of(text));
        }
    }

    // No entry of ours needs an escape, but "\/" means the same as "/". Half a surrogate pair is no text, and names no instance.
    private static string? TryUnescape(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
