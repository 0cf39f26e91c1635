using System.Globalization;

namespace CodRetrieve.Dicom;

/// <summary>
/// Names an attribute, also one in a sequence: <c>Modality</c>, <c>00080060</c>, <c>(0008,0060)</c>, <c>RequestAttributesSequence[0].RequestedProcedureID</c>. Without a
/// number, all items of a sequence are meant. Immutable.
/// </summary>
internal sealed class AttributePath
{
    private const int MaxElements = 16;
    private const int MaxItem = 1_000_000;

    private AttributePath(AttributePathElement[] elements) => Elements = elements;

    public IReadOnlyList<AttributePathElement> Elements { get; }

    /// <summary>The value representation that the dictionary gives; <see cref="Vr.Unknown"/> for private attributes.</summary>
    public Vr Vr => Elements[^1].Vr;

    /// <summary>Reads a path.</summary>
    /// <exception cref="FormatException">It is none, or a keyword is not known; the message offers the nearest ones.</exception>
    public static AttributePath Parse(string text)
    {
        var position = 0;
        var path = Parse(text, ref position);
        return position == text.Length ? path : throw new FormatException($"'{Shown(text)}' is not the name of a DICOM attribute: a keyword or a tag, such as Modality, 00080060 or (0008,0060).");
    }

    /// <summary>Reads the path at a position, and moves that behind it.</summary>
    /// <exception cref="FormatException">There is none, or a keyword is not known.</exception>
    public static AttributePath Parse(string text, ref int position)
    {
        var elements = new List<AttributePathElement>();
        while (true)
        {
            var (tag, name, vr) = ReadName(text, ref position);
            var item = ReadItem(text, ref position);
            var isNested = position < text.Length && text[position] == '.';
            if ((isNested || item is not null) && vr is not (Vr.SQ or Vr.Unknown))
            {
                throw new FormatException($"{name} is not a sequence ({vr}): it has no items.");
            }

            elements.Add(new AttributePathElement(tag, name, vr, item));
            if (!isNested)
            {
                return new AttributePath([.. elements]);
            }

            if (elements.Count == MaxElements)
            {
                throw new FormatException($"A name may have at most {MaxElements} parts.");
            }

            position++;
        }
    }

    /// <returns>The path in its one form.</returns>
    public override string ToString() => string.Join('.', Elements);

    private static (uint Tag, string Name, Vr Vr) ReadName(string text, ref int position)
    {
        if (TryReadTag(text, ref position) is { } tag)
        {
            var known = DicomDictionary.Instance.Find(tag);
            return (tag, known?.Keyword ?? tag.ToString("X8", CultureInfo.InvariantCulture), known?.Vr ?? Vr.Unknown);
        }

        var start = position;
        while (position < text.Length && char.IsAsciiLetterOrDigit(text[position]))
        {
            position++;
        }

        var word = text[start..position];
        if (word.Length == 0)
        {
            throw new FormatException("The name of a DICOM attribute was expected.");
        }

        if (DicomDictionary.Instance.Find(word) is not { } entry)
        {
            position = start;
            var nearest = DicomDictionary.Instance.Nearest(word);
            var offer = nearest.Count == 0 ? "Give a keyword of DICOM PS3.6, or a tag such as 00080060." : $"Did you mean {string.Join(" or ", nearest)}?";
            throw new FormatException($"'{Shown(word)}' is not a DICOM keyword. {offer}");
        }

        return (entry.Tag, entry.Keyword, entry.Vr);
    }

    private static uint? TryReadTag(string text, ref int position)
    {
        var rest = text.AsSpan(position);
        if (rest.Length >= 11 && rest[0] == '(' && rest[5] == ',' && rest[10] == ')' && TryParse($"{rest[1..5]}{rest[6..10]}") is { } bracketed)
        {
            position += 11;
            return bracketed;
        }

        if (rest.Length >= 8 && (rest.Length == 8 || !char.IsAsciiLetterOrDigit(rest[8])) && TryParse(rest[..8]) is { } tag)
        {
            position += 8;
            return tag;
        }

        return null;

        static uint? TryParse(ReadOnlySpan<char> hex) =>
            uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    private static int? ReadItem(string text, ref int position)
    {
        if (position == text.Length || text[position] != '[')
        {
            return null;
        }

        var end = text.IndexOf(']', position);
        if (end < 0 || !int.TryParse(text.AsSpan(position + 1, end - position - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var item) || item > MaxItem)
        {
            throw new FormatException("The number of an item, from 0, was expected between [ and ].");
        }

        position = end + 1;
        return item;
    }

    private static string Shown(string text) => string.Concat((text.Length > 64 ? text[..64] + "…" : text).Select(static c => char.IsControl(c) ? '?' : c));
}
