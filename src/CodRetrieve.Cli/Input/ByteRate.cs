using System.Globalization;
using System.Text.RegularExpressions;

namespace CodRetrieve.Cli.Input;

/// <summary>Bytes per second, as people write them.</summary>
internal static partial class ByteRate
{
    /// <summary>Reads for example <c>20M</c>, <c>500K</c>, <c>1.5G</c> or <c>65536</c>; 1M is a million bytes, as in all that is shown.</summary>
    /// <returns>Whether the text is a rate.</returns>
    public static bool TryParse(string text, out long bytesPerSecond)
    {
        bytesPerSecond = 0;
        if (Form().Match(text.Trim()) is not { Success: true } match)
        {
            return false;
        }

        var factor = match.Groups["unit"].Value.ToUpperInvariant() switch { "K" => 1_000m, "M" => 1_000_000m, "G" => 1_000_000_000m, _ => 1m };
        bytesPerSecond = (long)(decimal.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) * factor);
        return true;
    }

    // Nine digits of giga fit easily into 64 bits.
    [GeneratedRegex(@"^(?<number>[0-9]{1,9}(\.[0-9]{1,9})?)(?<unit>[KMG])?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
