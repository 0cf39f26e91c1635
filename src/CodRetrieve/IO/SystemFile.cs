namespace CodRetrieve.IO;

/// <summary>Files that operating systems put into folders by themselves, and that mean nothing to anybody else.</summary>
internal static class SystemFile
{
    /// <summary>Whether a file is one: of Finder, of Explorer, with what macOS keeps beside a file on other file systems, or one that NFS keeps until it is closed.</summary>
    public static bool IsName(string name) =>
        name is ".DS_Store" || name.StartsWith("._", StringComparison.Ordinal) || name.StartsWith(".nfs", StringComparison.Ordinal)
        || name.Equals("Thumbs.db", StringComparison.OrdinalIgnoreCase) || name.Equals("desktop.ini", StringComparison.OrdinalIgnoreCase);
}
