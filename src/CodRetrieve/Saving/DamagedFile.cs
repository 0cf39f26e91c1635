namespace CodRetrieve.Saving;

/// <summary>Keeps files that cannot be read, under a name beside their own: never overwritten, never deleted.</summary>
internal static class DamagedFile
{
    /// <summary>Renames a file to <c>{path}.damaged</c>, or <c>-2</c>, <c>-3</c>… behind that.</summary>
    /// <returns>The new path.</returns>
    public static string Rename(string path) => Keep(path, static (from, to) => File.Move(from, to));

    /// <summary>Copies a file to such a name.</summary>
    /// <returns>The path of the copy.</returns>
    public static string Copy(string path) => Keep(path, static (from, to) => File.Copy(from, to));

    private static string Keep(string path, Action<string, string> keep)
    {
        for (var number = 1; ; number++)
        {
            var kept = number == 1 ? $"{path}.damaged" : $"{path}.damaged-{number}";
            if (Path.Exists(kept))
            {
                continue;
            }

            keep(path, kept);
            return kept;
        }
    }
}
