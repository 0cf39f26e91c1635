using System.Globalization;

namespace CodRetrieve.Service.Pages;

/// <summary>Numbers, sizes and times as the page says them.</summary>
internal static class Words
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number with its noun, such as <c>1 study</c> and <c>2 studies</c>.</summary>
    public static string Count(long value, string one, string several) => $"{Count(value)} {(value == 1 ? one : several)}";

    public static string Studies(long value) => Count(value, "study", "studies");

    public static string Bytes(long bytes)
    {
        var value = (double)bytes;
        var unit = 0;
        while (Math.Abs(value) >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        var digits = unit == 0 || value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00";
        return $"{value.ToString(digits, CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    public static string Rate(long bytesPerSecond) => $"{Bytes(bytesPerSecond)}/s";

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => "less than 1 s",
        { TotalSeconds: < 90 } => $"{time.TotalSeconds:0} s",
        { TotalMinutes: < 90 } => $"{time.TotalMinutes:0} min",
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalHours):0} h {time.Minutes:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalDays):0} d {time.Hours:0} h"),
    };

    public static string Ago(DateTimeOffset now, DateTimeOffset at) => now - at < TimeSpan.FromSeconds(5) ? "just now" : $"{Duration(now - at)} ago";

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string MachineTime(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A part of a whole, in percent; 100 only where it is all, 0 only where it is nothing.</summary>
    public static int Percent(long part, long whole)
    {
        if (whole <= 0)
        {
            return 0;
        }

        var percent = (int)(100.0 * part / whole);
        return part >= whole ? 100 : part > 0 ? Math.Clamp(percent, 1, 99) : 0;
    }
}
