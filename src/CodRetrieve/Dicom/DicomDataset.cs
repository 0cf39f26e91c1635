using System.Buffers.Text;
using System.Text;

namespace CodRetrieve.Dicom;

/// <summary>
/// The attributes of one instance in the DICOM JSON model (PS3.18, F.2): found by an index of their places, and read when they are asked for. For one caller at a
/// time.
/// </summary>
internal sealed class DicomDataset
{
    // Longer than any value that is compared or shown: LT may have 10,240 characters (PS3.5, 6.2).
    private const int MaxValueBytes = 64 * 1024;

    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    private static ReadOnlySpan<byte> SeparatorAndWhiteSpace => ", \t\r\n"u8;

    private readonly List<(uint Tag, int Start, int Length)> _attributes = [];
    private ReadOnlyMemory<byte> _json;

    /// <summary>Whether the JSON could be read, to its end.</summary>
    public bool IsReadable { get; private set; }

    /// <summary>Takes the JSON of another instance in place of the one before; nothing for one whose attributes cannot be had.</summary>
    public void Load(ReadOnlyMemory<byte> json)
    {
        _attributes.Clear();
        _json = json;
        var reader = new JsonSpanReader(json.Span);
        if (json.IsEmpty || !reader.TryEnterObject())
        {
            IsReadable = false;
            return;
        }

        while (reader.TryReadName(out var name))
        {
            var value = reader.ReadValue();
            if (TryParseTag(name, out var tag))
            {
                _attributes.Add((tag, reader.Position - value.Length, value.Length));
            }
        }

        IsReadable = !reader.IsMalformed;
    }

    /// <summary>Takes the JSON of another instance, an object whose brackets are known to match, in place of the one before.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="names">Where its members' names are, among other strings that may be its members' values.</param>
    public void Load(ReadOnlyMemory<byte> json, IReadOnlyList<int> names)
    {
        _attributes.Clear();
        _json = json;
        IsReadable = true;
        for (var i = 0; i < names.Count; i++)
        {
            // A value ends before the next name, or the bracket.
            var end = i + 1 < names.Count ? names[i + 1] : json.Length - 1;
            var member = json.Span[names[i]..end];
            var behind = member.Length > 10 ? member[10..].TrimStart(WhiteSpace) : [];
            if (member.Length > 10 && member[9] == '"' && !behind.IsEmpty && behind[0] == ':' && TryParseTag(member.Slice(1, 8), out var tag))
            {
                var value = behind[1..].TrimStart(WhiteSpace);
                var start = end - value.Length;
                _attributes.Add((tag, start, value.TrimEnd(SeparatorAndWhiteSpace).Length));
            }
        }
    }

    /// <summary>Reads an attribute.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="values">Receives the values, also those of all items that the path means.</param>
    public AttributeState Read(AttributePath path, List<DicomValue> values) =>
        !IsReadable ? AttributeState.Unreadable
        : Find(path.Elements[0].Tag) is { IsEmpty: false } attribute ? ReadFrom(attribute, path, 0, values)
        : AttributeState.Missing;

    /// <summary>Writes the attributes with some tags as JSON of their own.</summary>
    public byte[] Subset(IReadOnlyCollection<uint> tags)
    {
        var json = new MemoryStream();
        json.WriteByte((byte)'{');
        foreach (var (tag, start, length) in IsReadable ? _attributes.Where(attribute => tags.Contains(attribute.Tag)) : [])
        {
            json.Write(Encoding.ASCII.GetBytes($"{(json.Length > 1 ? "," : "")}\"{tag:X8}\":"));
            json.Write(_json.Span.Slice(start, length));
        }

        json.WriteByte((byte)'}');
        return json.ToArray();
    }

    private ReadOnlySpan<byte> Find(uint tag)
    {
        foreach (var attribute in _attributes)
        {
            if (attribute.Tag == tag)
            {
                return _json.Span.Slice(attribute.Start, attribute.Length);
            }
        }

        return [];
    }

    private static AttributeState ReadFrom(ReadOnlySpan<byte> attribute, AttributePath path, int level, List<DicomValue> values)
    {
        var split = Split(attribute);
        if (split.Value.IsEmpty)
        {
            return split.HasBytes ? AttributeState.Present : AttributeState.Empty;
        }

        var items = new JsonSpanReader(split.Value);
        if (!items.TryEnterArray())
        {
            return AttributeState.Unreadable;
        }

        var state = level == path.Elements.Count - 1 ? ReadValues(ref items, split.Vr == Vr.Unknown ? path.Vr : split.Vr, values) : ReadItems(ref items, path, level, values);
        return items.IsMalformed ? AttributeState.Unreadable : state;
    }

    private static AttributeState ReadValues(ref JsonSpanReader items, Vr vr, List<DicomValue> values)
    {
        var state = AttributeState.Empty;
        while (items.TryNextItem())
        {
            var item = items.ReadValue();
            if (item.IsEmpty || item.SequenceEqual("null"u8) || item.SequenceEqual("\"\""u8))
            {
                continue;
            }

            state = AttributeState.Present;
            if (vr != Vr.SQ)
            {
                values.Add(new DicomValue(TextOf(item, vr), vr));
            }
        }

        return state;
    }

    // The best of what the items have: one with a value is enough.
    private static AttributeState ReadItems(ref JsonSpanReader items, AttributePath path, int level, List<DicomValue> values)
    {
        var state = AttributeState.Missing;
        for (var i = 0; items.TryNextItem(); i++)
        {
            var item = items.ReadValue();
            if (path.Elements[level].Item is { } wanted && wanted != i)
            {
                continue;
            }

            var found = ReadItem(item, path, level + 1, values);
            if (found > state)
            {
                state = found;
            }
        }

        return state;
    }

    private static AttributeState ReadItem(ReadOnlySpan<byte> item, AttributePath path, int level, List<DicomValue> values)
    {
        var reader = new JsonSpanReader(item);
        if (!reader.TryEnterObject())
        {
            return AttributeState.Unreadable;
        }

        while (reader.TryReadName(out var name))
        {
            var value = reader.ReadValue();
            if (TryParseTag(name, out var tag) && tag == path.Elements[level].Tag)
            {
                return ReadFrom(value, path, level, values);
            }
        }

        return reader.IsMalformed ? AttributeState.Unreadable : AttributeState.Missing;
    }

    private static SplitAttribute Split(ReadOnlySpan<byte> attribute)
    {
        var split = default(SplitAttribute);
        var reader = new JsonSpanReader(attribute);
        if (!reader.TryEnterObject())
        {
            return split;
        }

        while (reader.TryReadName(out var name))
        {
            var value = reader.ReadValue();
            if (name.SequenceEqual("vr"u8) && value.Length > 2)
            {
                split.Vr = VrExtensions.ParseVr(value[1..^1]);
            }
            else if (name.SequenceEqual("Value"u8))
            {
                split.Value = value;
            }
            else
            {
                split.HasBytes |= name.SequenceEqual("InlineBinary"u8) || name.SequenceEqual("BulkDataURI"u8);
            }
        }

        return split;
    }

    private static string? TextOf(ReadOnlySpan<byte> value, Vr vr) => value[0] switch
    {
        _ when value.Length > MaxValueBytes => null,
        (byte)'"' => Trimmed(JsonSpanReader.Unescape(value)),
        (byte)'{' => vr is Vr.PN ? PersonName(value) : null,
        // A number. "NaN" and the like tell nothing.
        (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'+' or (byte)'.' when !value.Contains((byte)'I') => Encoding.ASCII.GetString(value),
        _ => null,
    };

    // The groups as in a file: alphabetic, ideographic, phonetic, separated by an equals sign (PS3.5, 6.2.1).
    private static string PersonName(ReadOnlySpan<byte> value)
    {
        string[] groups = ["", "", ""];
        var reader = new JsonSpanReader(value);
        reader.TryEnterObject();
        while (reader.TryReadName(out var name))
        {
            var group = reader.ReadValue();
            var index = name.SequenceEqual("Alphabetic"u8) ? 0 : name.SequenceEqual("Ideographic"u8) ? 1 : name.SequenceEqual("Phonetic"u8) ? 2 : -1;
            if (index >= 0 && group.Length >= 2 && group[0] == '"')
            {
                groups[index] = Trimmed(JsonSpanReader.Unescape(group));
            }
        }

        return string.Join('=', groups).TrimEnd('=');
    }

    // Padding means nothing (PS3.5, 6.2), nor does the zero byte that some writers pad with.
    private static string Trimmed(string text) => text.Trim(' ', '\0');

    private static bool TryParseTag(ReadOnlySpan<byte> name, out uint tag)
    {
        tag = 0;
        return name.Length == 8 && Utf8Parser.TryParse(name, out tag, out var used, 'x') && used == 8;
    }

    private ref struct SplitAttribute
    {
        public Vr Vr { get; set; }

        public ReadOnlySpan<byte> Value { get; set; }

        public bool HasBytes { get; set; }
    }
}
