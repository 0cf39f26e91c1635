namespace CodRetrieve.Catalog;

/// <summary>
/// Which UIDs may become the name of a file or folder. Wider than DICOM's own rule (PS3.5, 9.1: digits and dots, 64 characters), for
/// stores with hashed UIDs, but nothing that leads out of a folder or that some file system reads as something else.
/// </summary>
internal static class SafeUid
{
    public const int MaxLength = 128;

    /// <summary>A name from a store as a message may have it: without what could steer a terminal, and not longer than anybody reads.</summary>
    public static string Printable(string name, int maxLength = 300) =>
        string.Concat((name.Length > maxLength ? name[..maxLength] + "..." : name).Select(static c => c is >= ' ' and < (char)0x7F ? c : '?'));

    public static bool IsSafe(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxLength || name[0] is '.' or '-' || name[^1] == '.')
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_'))
            {
                return false;
            }
        }

        return !IsWindowsDevice(name);
    }

    // "CON", "NUL.txt" and the like open devices on Windows, in any folder.
    private static bool IsWindowsDevice(ReadOnlySpan<char> name)
    {
        var dot = name.IndexOf('.');
        var stem = dot < 0 ? name : name[..dot];
        return stem.Length switch
        {
            3 => Is(stem, "CON") || Is(stem, "PRN") || Is(stem, "AUX") || Is(stem, "NUL"),
            4 => (Is(stem[..3], "COM") || Is(stem[..3], "LPT")) && char.IsAsciiDigit(stem[3]),
            _ => false,
        };

        static bool Is(ReadOnlySpan<char> a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
    }
}
