using System.Globalization;
using System.Text;

namespace CodRetrieve.Dicom;

/// <summary>
/// The keywords, tags and value representations of the DICOM data dictionary (PS3.6, clauses 6 and 7), retired ones included, repeating groups and private
/// attributes not. A table in the assembly, of which only an index of its lines is held. Immutable.
/// </summary>
internal sealed class DicomDictionary
{
    private const int MaxSuggestions = 3;

    private static readonly Lazy<DicomDictionary> Shared = new(Load);

    // Lines of "keyword, tag, VR", separated by tabs, in the order of the keywords without case.
    private readonly byte[] _table;
    private readonly int[] _lines;
    private readonly Dictionary<uint, int> _tags = [];

    private DicomDictionary(byte[] table)
    {
        _table = table;
        var lines = new List<int>();
        for (var start = 0; start < table.Length; start += table.AsSpan(start).IndexOf((byte)'\n') + 1)
        {
            lines.Add(start);
            _tags.TryAdd(EntryAt(start).Tag, start);
        }

        _lines = [.. lines];
    }

    public static DicomDictionary Instance => Shared.Value;

    public int Count => _lines.Length;

    /// <summary>Finds an attribute by its keyword, whatever its case.</summary>
    public DictionaryEntry? Find(string keyword)
    {
        var (low, high) = (0, _lines.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var entry = EntryAt(_lines[middle]);
            switch (string.Compare(entry.Keyword, keyword, StringComparison.OrdinalIgnoreCase))
            {
                case 0:
                    return entry;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return null;
    }

    /// <summary>Finds an attribute by its tag.</summary>
    public DictionaryEntry? Find(uint tag) => _tags.TryGetValue(tag, out var line) ? EntryAt(line) : null;

    /// <summary>The keywords that a mistyped one may have meant, the likeliest first; none where no one is near.</summary>
    public IReadOnlyList<string> Nearest(string keyword)
    {
        var allowed = Math.Max(2, keyword.Length / 3);
        return [.. _lines.Select(line => EntryAt(line).Keyword)
            .Where(known => Math.Abs(known.Length - keyword.Length) <= allowed)
            .Select(known => (known, Distance: EditDistance.Of(known, keyword)))
            .Where(one => one.Distance <= allowed)
            .OrderBy(one => one.Distance).ThenBy(one => one.known.Length)
            .Select(one => one.known).Take(MaxSuggestions)];
    }

    private static DicomDictionary Load()
    {
        using var resource = typeof(DicomDictionary).Assembly.GetManifestResourceStream("CodRetrieve.Dicom.dictionary.tsv")!;
        var table = new byte[resource.Length];
        resource.ReadExactly(table);
        return new DicomDictionary(table);
    }

    private DictionaryEntry EntryAt(int start)
    {
        var line = _table.AsSpan(start);
        var keyword = line[..line.IndexOf((byte)'\t')];
        var tag = line.Slice(keyword.Length + 1, 8);
        var vr = line.Slice(keyword.Length + 10, 2);
        return new DictionaryEntry(
            Encoding.ASCII.GetString(keyword),
            uint.Parse(tag, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            VrExtensions.ParseVr(vr));
    }
}
