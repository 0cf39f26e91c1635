using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace CodRetrieve.Tests.Leaks;

/// <summary>What the tests use that must never be said: tokens, queries, patients, and where files once came from.</summary>
internal static partial class Sensitive
{
    // A number of fewer digits stands in many texts by chance.
    private const int MinLength = 6;

    /// <summary>What stands in the DICOM tags and the <c>original_path</c> of every synthetic study, and in the queries of requests.</summary>
    public static readonly IReadOnlyList<string> OfSyntheticStudies =
        ["Synthetic^Patient", "SYNTHETIC-1", "synthetic-incoming", "Synthetic series", "original_path", "alt=media", "pageToken=", "fields="];

    /// <summary>What all tokens of the tests have in them.</summary>
    private static readonly string[] OfTokens = ["SECRET", "ya29.", "secret-token", "my-token", "secret-of-the", "?token=", "&token=", "Bearer "];

    public static readonly IReadOnlyList<string> Texts = [.. OfSyntheticStudies, .. OfTokens, .. OfFixtures().Distinct(StringComparer.Ordinal)];

    private static readonly SearchValues<string> Any = SearchValues.Create([.. Texts], StringComparison.Ordinal);

    /// <summary>The first sensitive thing in a text; <see langword="null"/> for none.</summary>
    public static string? In(string text)
    {
        var rest = text.AsSpan();
        while (rest.IndexOfAny(Any) is var at and >= 0)
        {
            var found = Longest(rest[at..]);
            rest = rest[(at + found.Length)..];
            // What stands for a token is none.
            if (!rest.StartsWith("...", StringComparison.Ordinal) && !rest.StartsWith("***", StringComparison.Ordinal))
            {
                return found;
            }
        }

        return ApiKeys().Match(text) is { Success: true } key ? key.Value : null;
    }

    // The beginning of a key names it, and may be said.
    [GeneratedRegex("crk_[0-9a-f]{16}_[0-9a-f]+", RegexOptions.None, 10_000)]
    private static partial Regex ApiKeys();

    private static string Longest(ReadOnlySpan<char> text)
    {
        var longest = "";
        foreach (var sensitive in Texts)
        {
            longest = sensitive.Length > longest.Length && text.StartsWith(sensitive, StringComparison.Ordinal) ? sensitive : longest;
        }

        return longest;
    }

    // Names and IDs of the patients in the store that the COD writer wrote, where it is at hand.
    private static IEnumerable<string> OfFixtures() => Support.SharedFixtures.Find() is { } fixtures
        ? ["clinic-pacs", .. Directory.EnumerateFiles(fixtures.BucketFolder, "metadata.json", SearchOption.AllDirectories).SelectMany(Patients).Where(text => text.Length >= MinLength)]
        : [];

    private static IEnumerable<string> Patients(string index)
    {
        var bytes = File.ReadAllBytes(index);
        using var stream = bytes is [0x1F, 0x8B, ..] ? (Stream)new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress) : new MemoryStream(bytes);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Values().Matches(reader.ReadToEnd()).Select(match => match.Groups["value"].Value).ToList();
    }

    [GeneratedRegex("""("00100010":\s*\{[^}]*?"Alphabetic":\s*|"00100020":\s*\{[^\]]*?\[\s*)"(?<value>[^"\\]*)["\\]""", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Values();
}
