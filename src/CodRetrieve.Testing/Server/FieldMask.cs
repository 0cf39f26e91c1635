using System.Diagnostics.CodeAnalysis;

namespace CodRetrieve.Testing;

/// <summary>The <c>fields</c> parameter of Google's JSON APIs: <c>items(name,size),nextPageToken</c>, <c>items/name</c> and
/// <c>*</c>.</summary>
internal sealed class FieldMask
{
    private readonly Dictionary<string, FieldMask> _fields = new(StringComparer.Ordinal);

    public static FieldMask Everything { get; } = new() { _isEverything = true };

    private bool _isEverything;

    public bool Has(string name) => _isEverything || _fields.ContainsKey("*") || _fields.ContainsKey(name);

    public FieldMask For(string name) =>
        _isEverything ? this : _fields.GetValueOrDefault(name) ?? _fields.GetValueOrDefault("*") ?? Everything;

    public static bool TryParse(string? text, [NotNullWhen(true)] out FieldMask? mask)
    {
        if (string.IsNullOrEmpty(text))
        {
            mask = Everything;
            return true;
        }

        var position = 0;
        mask = ParseList(text, ref position);
        return mask is not null && position == text.Length;
    }

    private static FieldMask? ParseList(string text, ref int position)
    {
        var mask = new FieldMask();
        while (true)
        {
            if (!ParseField(text, ref position, mask))
            {
                return null;
            }

            if (position == text.Length || text[position] != ',')
            {
                return mask;
            }

            position++;
        }
    }

    private static bool ParseField(string text, ref int position, FieldMask mask)
    {
        var start = position;
        while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] is '*' or '_' or '-'))
        {
            position++;
        }

        if (position == start)
        {
            return false;
        }

        var name = text[start..position];
        FieldMask? below = Everything;
        if (position < text.Length && text[position] == '/')
        {
            position++;
            below = new FieldMask();
            if (!ParseField(text, ref position, below))
            {
                return false;
            }
        }
        else if (position < text.Length && text[position] == '(')
        {
            position++;
            below = ParseList(text, ref position);
            if (below is null || position == text.Length || text[position++] != ')')
            {
                return false;
            }
        }

        mask._fields[name] = below;
        return true;
    }
}
