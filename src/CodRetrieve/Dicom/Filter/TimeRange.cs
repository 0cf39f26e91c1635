using System.Globalization;

namespace CodRetrieve.Dicom;

/// <summary>
/// The moments that a date, a time or both may mean, from the first on and before the end, in ticks: a year is all of its days. Without regard to time zones.
/// </summary>
/// <param name="Start">The first moment.</param>
/// <param name="End">The first one behind.</param>
internal readonly record struct TimeRange(long Start, long End)
{
    private static readonly string[] Dates = ["yyyyMMdd", "yyyy-MM-dd", "yyyy.MM.dd"];

    public bool Contains(long moment) => moment >= Start && moment < End;

    /// <summary>Reads a date: <c>20240131</c>, <c>2024-01-31</c>, and coarser <c>202401</c>, <c>2024-01</c>, <c>2024</c>.</summary>
    public static TimeRange? ParseDate(string text)
    {
        if (DateTime.TryParseExact(text, Dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return new TimeRange(day.Ticks, day.Ticks + TimeSpan.TicksPerDay);
        }

        if (DateTime.TryParseExact(text, ["yyyyMM", "yyyy-MM"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var month))
        {
            return new TimeRange(month.Ticks, month.Ticks + (DateTime.DaysInMonth(month.Year, month.Month) * TimeSpan.TicksPerDay));
        }

        return DateTime.TryParseExact(text, "yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var year)
            ? new TimeRange(year.Ticks, year.Ticks + ((DateTime.IsLeapYear(year.Year) ? 366 : 365) * TimeSpan.TicksPerDay))
            : null;
    }

    /// <summary>Reads a time of day: <c>HH</c>, <c>HHMM</c>, <c>HHMMSS</c> or <c>HHMMSS.FFFFFF</c>, with colons or without.</summary>
    public static TimeRange? ParseTime(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var digits = (dot < 0 ? text : text[..dot]).Replace(":", "", StringComparison.Ordinal);
        if (digits.Length is not (2 or 4 or 6) || digits.AsSpan().ContainsAnyExceptInRange('0', '9') || (dot >= 0 && digits.Length != 6))
        {
            return null;
        }

        var hours = Part(digits, 0);
        var minutes = digits.Length > 2 ? Part(digits, 2) : 0;
        var seconds = digits.Length > 4 ? Part(digits, 4) : 0;
        if (hours > 23 || minutes > 59 || seconds > 60)
        {
            return null;
        }

        var start = (hours * TimeSpan.TicksPerHour) + (minutes * TimeSpan.TicksPerMinute) + (seconds * TimeSpan.TicksPerSecond);
        if (dot < 0)
        {
            return new TimeRange(start, start + (digits.Length switch { 2 => TimeSpan.TicksPerHour, 4 => TimeSpan.TicksPerMinute, _ => TimeSpan.TicksPerSecond }));
        }

        return ParseFraction(text.AsSpan(dot + 1)) is { } fraction ? new TimeRange(start + fraction.Start, start + fraction.End) : null;
    }

    /// <summary>Reads a date with a time or without (DT): <c>20240131093000.5+0100</c>, <c>2024-01-31T09:30</c>.</summary>
    public static TimeRange? ParseDateTime(string text)
    {
        var zone = text.LastIndexOfAny(['+', '-']);
        if (zone > 8 && text.Length == zone + 5 && !text.AsSpan(zone + 1).ContainsAnyExceptInRange('0', '9'))
        {
            text = text[..zone];
        }

        var separator = text.IndexOfAny(['T', ' ']);
        var dateLength = separator >= 0 ? separator : text.Contains('-', StringComparison.Ordinal) ? text.Length : Math.Min(8, text.Length);
        var date = ParseDate(text[..dateLength]);
        var time = separator >= 0 ? text[(separator + 1)..] : text[dateLength..];
        return date is not { } day || time.Length == 0 ? (time.Length == 0 ? date : null)
            : ParseTime(time) is { } ofDay ? new TimeRange(day.Start + ofDay.Start, day.Start + ofDay.End)
            : null;
    }

    private static int Part(string digits, int start) => int.Parse(digits.AsSpan(start, 2), CultureInfo.InvariantCulture);

    private static TimeRange? ParseFraction(ReadOnlySpan<char> digits)
    {
        if (digits.Length is 0 or > 7 || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        var unit = TimeSpan.TicksPerSecond;
        for (var i = 0; i < digits.Length; i++)
        {
            unit /= 10;
        }

        var start = long.Parse(digits, CultureInfo.InvariantCulture) * unit;
        return new TimeRange(start, start + unit);
    }
}
