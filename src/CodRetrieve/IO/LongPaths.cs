using Microsoft.Win32;

namespace CodRetrieve.IO;

/// <summary>Windows' limit of 260 characters for paths, which an administrator may lift.</summary>
internal static class LongPaths
{
    /// <summary>Whether the limit stands; never on other systems.</summary>
    public static bool AreOff() =>
        OperatingSystem.IsWindows() && Registry.GetValue(@"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\FileSystem", "LongPathsEnabled", 0) is not 1;
}
