using System.Globalization;
using System.Text.RegularExpressions;

namespace CodRetrieve.Cli.Input;

/// <summary>Lengths of time as they are typed: <c>45s</c>, <c>15m</c>, <c>6h</c>, <c>1.5h</c>, or seconds as a bare number.</summary>
internal static partial class Duration
{
    /// <summary>Reads a length of time.</summary>
    /// <returns>Whether the text is one, of at most 30 days.</returns>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (Form().Match(text.Trim()) is not { Success: true } match)
        {
            return false;
        }

        var seconds = match.Groups["unit"].Value.ToUpperInvariant() switch { "M" => 60m, "H" => 3_600m, "D" => 86_400m, _ => 1m };
        duration = TimeSpan.FromSeconds((double)(decimal.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) * seconds));
        return duration <= TimeSpan.FromDays(30);
    }

    [GeneratedRegex(@"^(?<number>[0-9]{1,7}(\.[0-9]{1,3})?)(?<unit>[SMHD])?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
