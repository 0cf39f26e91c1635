using System.Globalization;

namespace CodRetrieve.Service.Configuration;

/// <summary>Times of the day in which nothing begins.</summary>
internal sealed class QuietHours
{
    private readonly IReadOnlyList<(TimeOnly From, TimeOnly To)> _ranges;

    private QuietHours(IReadOnlyList<(TimeOnly From, TimeOnly To)> ranges) => _ranges = ranges;

    /// <summary>Reads ranges such as <c>07:00-18:00</c>; one whose end is before its beginning goes over midnight.</summary>
    /// <exception cref="FormatException">One is none.</exception>
    public static QuietHours Parse(IEnumerable<string> ranges) => new([.. ranges.Select(ParseOne)]);

    public bool Contains(TimeOnly time) => _ranges.Any(range => time.IsBetween(range.From, range.To));

    private static (TimeOnly From, TimeOnly To) ParseOne(string text)
    {
        var parts = text.Split('-', StringSplitOptions.TrimEntries);
        return parts.Length == 2 && TryParse(parts[0], out var from) && TryParse(parts[1], out var to) && from != to
            ? (from, to)
            : throw new FormatException($"'{text}' is no range of times. Write it as in 07:00-18:00.");
    }

    private static bool TryParse(string text, out TimeOnly time) => TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
