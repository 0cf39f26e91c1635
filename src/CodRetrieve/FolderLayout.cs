using System.Text;
using CodRetrieve.Dicom;

namespace CodRetrieve;

/// <summary>
/// Where instances are saved below the directory, or in the zip of their study, as a template: <c>{PatientID}/{StudyDate:yyyy-MM}_{Modality}/{InstanceNumber:00000}.dcm</c>. Immutable and safe for
/// use by several threads, if its <see cref="ReadColumn"/> is. docs/layouts.md has the whole of it.
/// </summary>
/// <remarks>
/// A value never makes a folder, and nothing leaves the directory. <c>{StudyInstanceUID}</c>, <c>{SeriesInstanceUID}</c> and <c>{SOPInstanceUID}</c> are those of the store, hashed where it hashes
/// them; all other attributes are those in the index. Values that cannot be a name as they are, or are too long, are changed and marked with a hash.
/// </remarks>
public sealed class FolderLayout
{
    private const int MaxTemplateLength = 2_000;
    private const int MaxParts = 16;

    private readonly LayoutField[][] _parts;
    private readonly int _extensionLength;

    /// <summary>Initializes a new instance of the <see cref="FolderLayout"/> class.</summary>
    /// <param name="template">
    /// The template: folders separated by slashes, values in braces, <c>{Keyword}</c>, <c>{ggggeeee}</c> or <c>{column}</c>, with <c>:format</c> and <c>|fallback</c>. <c>{{</c> and <c>}}</c> are
    /// braces; <c>%Keyword</c> is read as <c>{Keyword}</c>.
    /// </param>
    /// <param name="columns">The names of columns that <see cref="ReadColumn"/> knows, which come before attributes; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="template"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">It cannot be read, names what is not known, has no value in its last part, or leads out of the directory.</exception>
    public FolderLayout(string template, IReadOnlyCollection<string>? columns = null)
    {
        ArgumentNullException.ThrowIfNull(template);
        _parts = ParseTemplate(template, columns ?? []);
        Template = string.Join('/', _parts.Select(static part => string.Concat(part.Select(static field => field.ToString()))));
        var last = _parts[^1][^1].Literal;
        _extensionLength = last?.LastIndexOf('.') is { } dot and >= 0 ? last.Length - dot : 0;
    }

    /// <summary>Gets the layout that has been always: <c>{StudyInstanceUID}/{SeriesInstanceUID}/instances/{SOPInstanceUID}.dcm</c>.</summary>
    public static FolderLayout Default { get; } = new("{StudyInstanceUID}/{SeriesInstanceUID}/instances/{SOPInstanceUID}.dcm");

    /// <summary>Gets the layout without folders: <c>{SOPInstanceUID}.dcm</c>.</summary>
    public static FolderLayout Flat { get; } = new("{SOPInstanceUID}.dcm");

    /// <summary>Gets the layout that idc-index gives by default, without its collections: <c>{PatientID}/{StudyInstanceUID}/{Modality}_{SeriesInstanceUID}/{SOPInstanceUID}.dcm</c>.</summary>
    public static FolderLayout Idc { get; } = new("{PatientID}/{StudyInstanceUID}/{Modality}_{SeriesInstanceUID}/{SOPInstanceUID}.dcm");

    /// <summary>Gets a layout for people: patients, studies by date, series by number, instances by number.</summary>
    public static FolderLayout Patient { get; } = new("{PatientID}/{StudyDate}_{StudyDescription|study}/{SeriesNumber:000}_{Modality}_{SeriesDescription|none}/{InstanceNumber:00000}.dcm");

    /// <summary>
    /// Gets a layout whose names a DICOMDIR can refer to (PS3.10, 8.2 and 8.5): <c>DICOM/{StudyInstanceUID:code}/{SeriesInstanceUID:code}/{SOPInstanceUID:code}</c>.
    /// </summary>
    public static FolderLayout Media { get; } = new("DICOM/{StudyInstanceUID:code}/{SeriesInstanceUID:code}/{SOPInstanceUID:code}");

    /// <summary>Gets the template, in its one form.</summary>
    public string Template { get; }

    /// <summary>
    /// Gets the secret by which <c>hash</c> makes pseudonyms of values: the same secret gives the same ones. Default <see langword="null"/>: a layout with <c>hash</c> is refused, and <c>code</c> can be found again from a UID that
    /// is known.
    /// </summary>
    public string? Salt { get; init; }

    /// <summary>
    /// Gets a function that returns the value of a column for an instance, such as one of a cohort's table; <see langword="null"/> where it has none. Called by several threads. Default
    /// <see langword="null"/>: columns have no values.
    /// </summary>
    public Func<InstanceInfo, string, string?>? ReadColumn { get; init; }

    /// <summary>
    /// Gets a value indicating whether attributes that identify people may become names also of a store with hashed UIDs, which keeps them in its indexes. Default <see langword="false"/>: its series
    /// are refused then.
    /// </summary>
    public bool AllowIdentifiers { get; init; }

    /// <summary>Gets the attributes of the layout that may identify people, hashed ones not included.</summary>
    public IReadOnlyList<string> IdentifyingAttributes => [.. Fields
        .Where(static one => one is { Attribute: not null, IsHashed: false })
        .Select(static one => one.Attribute!.ToString())
        .Where(CodRetrieve.IdentifyingAttributes.Contains).Distinct(StringComparer.Ordinal)];

    internal bool IsDefault => Template == Default.Template;

    /// <summary>Whether two instances have different places for sure.</summary>
    internal bool IsUnique => Fields.Any(static one => one.Uid is not null && one.ToString() == "{SOPInstanceUID}");

    internal IReadOnlyCollection<uint> Tags => [.. Fields.Where(static one => one.Attribute is not null).Select(static one => one.Attribute!.Elements[0].Tag).Distinct()];

    /// <summary>What must stay the same for what is saved to be found again: the template, and by which secret it hashes.</summary>
    internal string Signature => Salt is not null && Fields.Any(static one => one.IsHashed || one.IsCode) ? $"{Template} salt {PathText.Hash("CodRetrieve layout", 8, Salt + "\0")}" : Template;

    private IEnumerable<LayoutField> Fields => _parts.SelectMany(static part => part);

    /// <summary>Reads a layout: <c>default</c>, <c>flat</c>, <c>idc</c>, <c>patient</c>, <c>media</c>, or a template.</summary>
    /// <param name="text">The text.</param>
    /// <param name="columns">The names of columns that <see cref="ReadColumn"/> knows; <see langword="null"/> for none.</param>
    /// <returns>The layout.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">It is none.</exception>
    public static FolderLayout Parse(string text, IReadOnlyCollection<string>? columns = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.ToUpperInvariant() switch
        {
            "DEFAULT" => Default,
            "FLAT" => Flat,
            "IDC" => Idc,
            "PATIENT" => Patient,
            "MEDIA" => Media,
            _ => new FolderLayout(text, columns),
        };
    }

    /// <summary>Returns the place of an instance, as far as it depends on the instance alone: where two meet in one, they get other names when they are saved.</summary>
    /// <param name="instance">The instance, with the attributes that the layout needs (<see cref="InstanceInfo.GetAttributes"/>).</param>
    /// <returns>The path below the directory, with slashes.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="instance"/> is <see langword="null"/>.</exception>
    public string PathOf(InstanceInfo instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var attributes = instance.GetAttributes();
        var path = new StringBuilder();
        for (var i = 0; i < _parts.Length; i++)
        {
            var name = string.Concat(_parts[i].Select(field => field.Of(instance, attributes, this))).Trim(' ', '.');
            path.Append(i == 0 ? "" : "/").Append(PathText.OfPart(name, i == _parts.Length - 1 && name.Length > _extensionLength ? _extensionLength : 0));
        }

        return path.ToString();
    }

    /// <summary>Returns the template.</summary>
    /// <returns>The template, without the secret.</returns>
    public override string ToString() => Template;

    /// <summary>Another name for an instance whose place has something else.</summary>
    internal static string Distinguished(string path, InstanceInfo instance)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        var dot = name.LastIndexOf('.') is var found and > 0 ? found : name.Length;
        return $"{path[..^name.Length]}{name[..dot]}~{PathText.Hash(instance.SopInstanceUid, 16)}{name[dot..]}";
    }

    internal FolderLayout Validated() => Salt is null or "" && Fields.Any(static field => field.IsHashed)
        ? throw new ArgumentException($"The layout '{Template}' hashes a value: set {nameof(Salt)}, a secret by which the same pseudonyms come out again.", nameof(Salt))
        : this;

    private static LayoutField[][] ParseTemplate(string template, IReadOnlyCollection<string> columns)
    {
        if (template.Length is 0 or > MaxTemplateLength)
        {
            throw new FormatException($"A layout has from 1 to {MaxTemplateLength} characters.");
        }

        var parts = new List<List<LayoutField>> { new() };
        var literal = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            var next = template[i];
            if (next is '{' or '}' && i + 1 < template.Length && template[i + 1] == next)
            {
                literal.Append(next);
                i++;
            }
            else if (next == '{')
            {
                var end = template.IndexOf('}', i);
                AddField(parts, literal, end < 0 ? throw Wrong(i, "the brace is not closed") : template[(i + 1)..end], i, columns);
                i = end;
            }
            else if (next == '%' && KeywordAt(template, i + 1) is { Length: > 0 } keyword)
            {
                AddField(parts, literal, keyword, i, columns);
                i += keyword.Length;
            }
            else if (next == '/')
            {
                AddText(parts, literal);
                parts.Add([]);
            }
            else if (next == '}' || !PathText.IsAllowed(Rune.TryGetRuneAt(template, i, out var rune) ? rune : char.IsLowSurrogate(next) ? new Rune('x') : Rune.ReplacementChar))
            {
                throw Wrong(i, next == '\\' ? "folders are separated by slashes" : next == '}' ? "a brace in the name is written twice" : "the character cannot be part of a file's name");
            }
            else
            {
                literal.Append(next);
            }
        }

        AddText(parts, literal);
        Check(parts);
        return [.. parts.Select(static part => part.ToArray())];
    }

    private static void AddField(List<List<LayoutField>> parts, StringBuilder literal, string field, int position, IReadOnlyCollection<string> columns)
    {
        AddText(parts, literal);
        try
        {
            parts[^1].Add(LayoutField.Parse(field, columns));
        }
        catch (FormatException e)
        {
            throw Wrong(position, e.Message.TrimEnd('.'));
        }
    }

    private static void AddText(List<List<LayoutField>> parts, StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            parts[^1].Add(LayoutField.OfText(literal.ToString()));
            literal.Clear();
        }
    }

    private static void Check(List<List<LayoutField>> parts)
    {
        if (parts.Count > MaxParts || parts.Exists(static part => part.Count == 0))
        {
            throw new FormatException($"A layout has from 1 to {MaxParts} names separated by single slashes, and does not begin or end with one.");
        }

        if (parts.Exists(static part => part[0].Literal?[0] is '.' or ' ' or '~' || part[^1].Literal?[^1] is '.' or ' '))
        {
            throw new FormatException("A name in a layout begins neither with a dot, a tilde nor a space, and ends with no dot or space.");
        }

        if (parts[^1].TrueForAll(static field => field.Literal is not null))
        {
            throw new FormatException("The last name of a layout needs a value, such as {SOPInstanceUID}: else all instances have the same name.");
        }

        if (parts.Exists(static part => part.Sum(static field => field.Literal?.Length ?? 0) > PathText.MaxPartBytes / 2))
        {
            throw new FormatException($"The fixed text of a name in a layout may have at most {PathText.MaxPartBytes / 2} characters.");
        }
    }

    // The longest keyword that stands there.
    private static string KeywordAt(string template, int start)
    {
        var end = start;
        while (end < template.Length && char.IsAsciiLetterOrDigit(template[end]))
        {
            end++;
        }

        for (; end > start; end--)
        {
            if (DicomDictionary.Instance.Find(template[start..end]) is not null)
            {
                return template[start..end];
            }
        }

        return "";
    }

    private static FormatException Wrong(int position, string what) => new($"The layout cannot be read at position {position + 1}: {what}.");
}
