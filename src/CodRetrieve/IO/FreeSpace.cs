namespace CodRetrieve.IO;

/// <summary>The space that is left for a directory.</summary>
internal static class FreeSpace
{
    /// <summary>The bytes that the current user may still write; <see langword="null"/> where the system does not say.</summary>
    public static long? In(string directory)
    {
        try
        {
            // A share of a network on Windows has no drive, and then this throws.
            var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(directory)! : directory);
            var free = drive.AvailableFreeSpace;

            // Some file systems of networks return 0 for everything.
            return free > 0 || drive.TotalSize > 0 ? free : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // No value is no reason to refuse: a full device is still noticed when it is written.
            return null;
        }
    }
}
