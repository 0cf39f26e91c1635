using System.Buffers;
using System.Globalization;
using System.Text;
using CodRetrieve.Dicom;

namespace CodRetrieve;

/// <summary>One piece of a layout: fixed text, or the value of an attribute, of a column, or a UID of the store. Immutable.</summary>
internal sealed class LayoutField
{
    private static readonly SearchValues<char> DateLetters = SearchValues.Create("yMdHmsf");
    private static readonly SearchValues<char> DateCharacters = SearchValues.Create("yMdHmsf-_. ");

    private LayoutField()
    {
    }

    /// <summary>Fixed text; <see langword="null"/> for a value.</summary>
    public string? Literal { get; private init; }

    public AttributePath? Attribute { get; private init; }

    public string? Column { get; private init; }

    /// <summary>A UID of the store, which is a safe name as it is.</summary>
    public Func<InstanceInfo, string>? Uid { get; private init; }

    public string? Fallback { get; private init; }

    public string? DateFormat { get; private init; }

    public int Digits { get; private init; }

    public bool IsUpper { get; private init; }

    public bool IsHashed { get; private init; }

    /// <summary>Whether it is a UID as eight of the characters that media allow.</summary>
    public bool IsCode { get; private init; }

    public int? MaxLength { get; private init; }

    public static LayoutField OfText(string text) => new() { Literal = text };

    /// <summary>Reads what stands between the braces.</summary>
    /// <exception cref="FormatException">It cannot be read, or names nothing that is known.</exception>
    public static LayoutField Parse(string text, IReadOnlyCollection<string> columns)
    {
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        var fallback = bar < 0 ? null : text[(bar + 1)..];
        var source = bar < 0 ? text : text[..bar];
        var colon = source.IndexOf(':', StringComparison.Ordinal);
        var name = (colon < 0 ? source : source[..colon]).Trim();
        if (fallback is not null && (fallback.EnumerateRunes().Any(static rune => !PathText.IsAllowed(rune)) || fallback.AsSpan().Trim(' ').Trim('.').Length != fallback.Length))
        {
            throw new FormatException($"'{fallback}' cannot be part of a file's name.");
        }

        var format = colon < 0 ? [] : source[(colon + 1)..].Split(',');
        var field = columns.FirstOrDefault(column => column.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known
            ? new LayoutField { Column = known }
            : OfAttribute(AttributePath.Parse(name));
        return new LayoutField
        {
            Attribute = field.Attribute,
            Column = field.Column,
            Uid = field.Uid,
            Fallback = fallback,
            DateFormat = format.FirstOrDefault(static part => IsDateFormat(part)),
            Digits = format.FirstOrDefault(static part => IsPadding(part))?.Length ?? 0,
            IsUpper = format.Contains("upper", StringComparer.OrdinalIgnoreCase),
            IsHashed = format.Contains("hash", StringComparer.OrdinalIgnoreCase),
            IsCode = format.Contains("code", StringComparer.OrdinalIgnoreCase),
            MaxLength = format.Select(LengthOf).FirstOrDefault(static length => length is not null),
        }.Checked(format);
    }

    /// <summary>The text of the field for an instance; empty where it has none and there is a fallback for that.</summary>
    public string Of(InstanceInfo instance, InstanceAttributes? attributes, FolderLayout layout)
    {
        if (Literal is not null)
        {
            return Literal;
        }

        if (Uid is not null)
        {
            var uid = Uid(instance);
            return IsCode ? PathText.Code(uid, layout.Salt is null ? "" : layout.Salt + "\0") : IsHashed ? PathText.Hash(uid, 16, layout.Salt + "\0") : uid;
        }

        var value = Attribute is null ? layout.ReadColumn?.Invoke(instance, Column!) : ValueIn(attributes);
        var text = string.IsNullOrWhiteSpace(value) ? "" : Formatted(value, layout.Salt);
        return text.Length > 0 ? text : Fallback ?? PathText.Unknown;
    }

    private static LayoutField OfAttribute(AttributePath path) => path.ToString() switch
    {
        // Of the store: hashed where it hashes them, unlike the attributes in the index.
        "StudyInstanceUID" => new LayoutField { Uid = static instance => instance.Series.StudyInstanceUid },
        "SeriesInstanceUID" => new LayoutField { Uid = static instance => instance.Series.SeriesInstanceUid },
        "SOPInstanceUID" => new LayoutField { Uid = static instance => instance.SopInstanceUid },
        _ => new LayoutField { Attribute = path },
    };

    private string? ValueIn(InstanceAttributes? attributes) =>
        attributes?.Read(Attribute!, out var values) == AttributeState.Present ? string.Join('\\', values.Select(static value => value.Text ?? "")) : null;

    private string Formatted(string value, string? salt)
    {
        if (IsHashed)
        {
            return PathText.Hash(value, 16, salt + "\0");
        }

        if (DateFormat is not null)
        {
            return MomentOf(value) is { } moment ? new DateTime(moment).ToString(DateFormat, CultureInfo.InvariantCulture) : "";
        }

        if (Digits > 0 && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number.ToString(new string('0', Digits), CultureInfo.InvariantCulture);
        }

        return PathText.OfValue(IsUpper ? value.ToUpperInvariant() : value, MaxLength);
    }

    private long? MomentOf(string value) => Attribute?.Vr.Kind() == VrKind.Time
        ? TimeRange.ParseTime(value)?.Start
        : TimeRange.ParseDateTime(value)?.Start;

    private LayoutField Checked(string[] format)
    {
        foreach (var part in format)
        {
            if (!IsPadding(part) && !IsDateFormat(part) && LengthOf(part) is null && part.ToUpperInvariant() is not ("UPPER" or "HASH" or "CODE"))
            {
                throw new FormatException($"'{part}' is not a format: give zeros (000), a date format (yyyy-MM-dd), upper, max=N, hash or code.");
            }
        }

        return Uid is not null && format.Length > 0 && !(format.Length == 1 && (IsHashed || IsCode)) ? throw new FormatException("A UID of the store has no other format than hash or code: it is a name as it is.")
            : Uid is null && IsCode ? throw new FormatException("Only a UID of the store can be a code: of other values, whoever tries them all finds the right one.")
            : this;
    }

    private static bool IsPadding(string part) => part.Length is > 0 and <= 18 && !part.AsSpan().ContainsAnyExcept('0');

    private static bool IsDateFormat(string part) =>
        part.Length is > 1 and <= 32 && part.AsSpan().ContainsAnyExcept(DateCharacters) is false && part.AsSpan().ContainsAny(DateLetters) && part.AsSpan().Trim(" .").Length == part.Length;

    private static int? LengthOf(string part) =>
        part.StartsWith("max=", StringComparison.OrdinalIgnoreCase) && int.TryParse(part.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length is > 0 and <= PathText.MaxPartBytes
            ? length
            : null;

    /// <returns>The field as it is written in a layout.</returns>
    public override string ToString()
    {
        if (Literal is not null)
        {
            return Literal.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
        }

        var text = new StringBuilder("{").Append(Column ?? (object?)Attribute ?? UidName());
        string?[] format = [DateFormat, Digits > 0 ? new string('0', Digits) : null, IsUpper ? "upper" : null, IsHashed ? "hash" : null, IsCode ? "code" : null, MaxLength is { } length ? $"max={length}" : null];
        var separator = ':';
        foreach (var part in format.Where(static part => part is not null))
        {
            text.Append(separator).Append(part);
            separator = ',';
        }

        return text.Append(Fallback is null ? "" : "|" + Fallback).Append('}').ToString();
    }

    private string UidName()
    {
        var probe = new InstanceInfo { Series = new SeriesInfo { StudyInstanceUid = "StudyInstanceUID", SeriesInstanceUid = "SeriesInstanceUID", TarUri = "" }, SopInstanceUid = "SOPInstanceUID" };
        return Uid!(probe);
    }
}
