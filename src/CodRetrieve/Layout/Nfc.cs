using System.Globalization;
using System.Text;

namespace CodRetrieve;

/// <summary>
/// Unicode's normalization form C (UAX #15), by a table of Unicode 14: the runtime's own depends on the libraries of the system and does nothing in an application with
/// invariant globalization, while paths must be the same everywhere. Immutable.
/// </summary>
internal sealed class Nfc
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int HangulCount = 19 * VowelCount * TrailCount;

    private static readonly Lazy<Nfc> Shared = new(static () => new Nfc());

    private readonly Dictionary<int, int[]> _decompositions = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];
    private readonly Dictionary<int, byte> _classes = [];

    private Nfc()
    {
        using var resource = typeof(Nfc).Assembly.GetManifestResourceStream("CodRetrieve.Layout.nfc.txt")!;
        using var lines = new StreamReader(resource, Encoding.ASCII);
        while (lines.ReadLine() is { } line)
        {
            // "D" a character and what it is composed of, "X" one that is not composed again, "C" a combining class.
            var words = line.Split(' ');
            var character = Hex(words[1]);
            if (words[0] == "C")
            {
                _classes.Add(character, byte.Parse(words[2], CultureInfo.InvariantCulture));
                continue;
            }

            int[] parts = [.. words[2..].Select(Hex)];
            _decompositions.Add(character, parts);
            if (words[0] == "D" && parts.Length == 2)
            {
                _compositions.Add((parts[0], parts[1]), character);
            }
        }
    }

    public static string Normalize(string text) => text.AsSpan().ContainsAnyInRange('\u0300', '\uFFFF') ? Shared.Value.Compose(text) : text;

    private string Compose(string text)
    {
        var runes = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, runes);
        }

        Reorder(runes);
        return Compose(runes);
    }

    private void Decompose(int character, List<int> to)
    {
        if (character - HangulBase is >= 0 and < HangulCount and var index)
        {
            to.Add(LeadBase + (index / (VowelCount * TrailCount)));
            to.Add(VowelBase + (index % (VowelCount * TrailCount) / TrailCount));
            if (index % TrailCount > 0)
            {
                to.Add(TrailBase + (index % TrailCount));
            }
        }
        else if (_decompositions.TryGetValue(character, out var parts))
        {
            foreach (var part in parts)
            {
                Decompose(part, to);
            }
        }
        else
        {
            to.Add(character);
        }
    }

    // Marks behind a character, by their classes; those of one class stay as they are.
    private void Reorder(List<int> runes)
    {
        for (var start = 0; start < runes.Count; start++)
        {
            var end = start;
            while (end < runes.Count && ClassOf(runes[end]) > 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                var ordered = runes.GetRange(start, end - start).OrderBy(ClassOf).ToList();
                for (var i = 0; i < ordered.Count; i++)
                {
                    runes[start + i] = ordered[i];
                }
            }

            start = end;
        }
    }

    private string Compose(List<int> runes)
    {
        var result = new List<int>(runes.Count);
        var (starter, lastClass) = (-1, 0);
        foreach (var rune in runes)
        {
            var its = ClassOf(rune);
            var isBlocked = starter < 0 || (lastClass >= its && result.Count - 1 > starter);
            if (!isBlocked && TryCompose(result[starter], rune) is { } composed)
            {
                result[starter] = composed;
                continue;
            }

            if (its == 0)
            {
                starter = result.Count;
            }

            lastClass = its;
            result.Add(rune);
        }

        var text = new StringBuilder(result.Count);
        foreach (var rune in result)
        {
            text.Append(new Rune(rune));
        }

        return text.ToString();
    }

    private int? TryCompose(int first, int second)
    {
        if (first - LeadBase is >= 0 and < 19 and var lead && second - VowelBase is >= 0 and < VowelCount and var vowel)
        {
            return HangulBase + (((lead * VowelCount) + vowel) * TrailCount);
        }

        if (first - HangulBase is >= 0 and < HangulCount and var syllable && syllable % TrailCount == 0 && second - TrailBase is > 0 and < TrailCount and var trail)
        {
            return first + trail;
        }

        return _compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private int ClassOf(int rune) => _classes.GetValueOrDefault(rune);

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
