using System.Globalization;

namespace CodRetrieve.Cli;

/// <summary>The signal that a closed terminal sends.</summary>
internal static class Hangup
{
    // proc(5): the mask of ignored signals, in hexadecimal; SIGHUP is the first.
    private const string Mask = "SigIgn:";

    /// <summary>Whether the process was started so that it is ignored, as by <c>nohup</c>; also where that cannot be known.</summary>
    public static bool IsIgnored => !OperatingSystem.IsWindows() && (!OperatingSystem.IsLinux() || IsInMask());

    private static bool IsInMask()
    {
        try
        {
            var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Mask, StringComparison.Ordinal));
            return !ulong.TryParse(line?[Mask.Length..].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var mask) || (mask & 1) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not every container shows /proc.
            return true;
        }
    }
}
