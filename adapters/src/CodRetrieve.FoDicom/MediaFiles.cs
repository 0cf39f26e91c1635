namespace CodRetrieve.FoDicom;

/// <summary>The DICOM files of a folder that becomes a medium, and their File IDs.</summary>
internal static class MediaFiles
{
    public const string DirectoryName = "DICOMDIR";

    // PS3.10, 8.2: the components, and their characters (8.5).
    private const int MaxComponents = 8;
    private const int MaxComponentLength = 8;
    private const int PreambleBytes = 128;

    /// <summary>Lists the DICOM files below a folder, in the order of their names; other files, such as a viewer, are passed over, and what a job keeps for itself.</summary>
    /// <returns>The path of each, and its File ID with slashes.</returns>
    /// <exception cref="CodRetrieveException">One has a name that no File ID can have.</exception>
    public static List<(string Path, string FileId)> Of(string directory, CancellationToken cancellationToken)
    {
        var files = new List<(string Path, string FileId)>();
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var path in Directory.EnumerateFiles(directory, "*", everything))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var id = Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/');
            if (id is DirectoryName or "log.json" || id[0] == '.' || id.Contains("/.", StringComparison.Ordinal) || !IsDicom(path))
            {
                continue;
            }

            if (!IsFileId(id))
            {
                throw new CodRetrieveException(
                    $"{path} cannot be in a DICOMDIR: a File ID has at most {MaxComponents} names of at most {MaxComponentLength} capital letters, digits and underscores, and no extension (PS3.10, 8.2). Save with the layout 'media' ({nameof(FolderLayout)}.{nameof(FolderLayout.Media)}).");
            }

            files.Add((path, id));
        }

        files.Sort(static (one, other) => string.CompareOrdinal(one.FileId, other.FileId));
        return files;
    }

    private static bool IsFileId(string id) => id.Split('/') is { Length: <= MaxComponents } components && components.All(static component =>
        component.Length is > 0 and <= MaxComponentLength && component.All(static one => char.IsAsciiLetterUpper(one) || char.IsAsciiDigit(one) || one == '_'));

    private static bool IsDicom(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> prefix = stackalloc byte[4];
        return RandomAccess.Read(file, prefix, PreambleBytes) == prefix.Length && prefix.SequenceEqual("DICM"u8);
    }
}
