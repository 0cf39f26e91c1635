namespace CodRetrieve.IO;

/// <summary>Finds links, which lead file operations out of the directory that a user chose.</summary>
internal static class SymbolicLink
{
    /// <summary>Whether a path itself is a symbolic link or a junction; its parents are not looked at.</summary>
    public static bool Is(string path) => new FileInfo(path).LinkTarget is not null;

    /// <summary>Throws if one of the folders below a directory, down to a path and the path included, is a link.</summary>
    /// <param name="directory">The directory, which may itself be a link.</param>
    /// <param name="path">A path below it.</param>
    /// <exception cref="IOException">There is a link.</exception>
    public static void ThrowIfBelow(string directory, string path)
    {
        for (var part = path; part.Length > directory.Length; part = Path.GetDirectoryName(part)!)
        {
            if (Is(part))
            {
                throw new IOException($"{part} is a symbolic link, which is not followed. Remove it, or allow symbolic links.");
            }
        }
    }
}
