using System.Globalization;

namespace CodRetrieve.Cli.Output;

/// <summary>Byte counts for people.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    /// <returns>For example <c>31.5 MB</c>; 1 MB is a million bytes.</returns>
    public static string Text(long bytes)
    {
        double value = bytes;
        var unit = 0;
        while (value >= 999.95 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }

    public static string Rate(long bytes, TimeSpan elapsed) => Text((long)(bytes / Math.Max(elapsed.TotalSeconds, 0.001))) + "/s";
}
