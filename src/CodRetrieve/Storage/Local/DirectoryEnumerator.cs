namespace CodRetrieve.Storage;

/// <summary>Finds the files below a folder that others may be changing, and that may hold links to folders, loops of them included.</summary>
internal static class DirectoryEnumerator
{
    // A store has its objects two levels below a study; beyond this lies nothing of one.
    private const int MaxDepth = 8;

    // A folder that may not be read is a failure, not an empty one.
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>The files, in no order. A folder that vanishes meanwhile has none, and a link back to a folder above itself is not followed.</summary>
    public static IEnumerable<FileInfo> Files(string root)
    {
        var open = new Stack<Place>([new Place(new DirectoryInfo(root), RealPath(root, Path.GetDirectoryName(root) ?? root), null, 0)]);
        while (open.TryPop(out var place))
        {
            foreach (var entry in Entries(place.Folder))
            {
                if (entry is FileInfo file)
                {
                    yield return file;
                }
                else if (place.Depth < MaxDepth && RealPath(entry.FullName, place.RealPath) is var real && !place.Holds(real))
                {
                    open.Push(new Place((DirectoryInfo)entry, real, place, place.Depth + 1));
                }
            }
        }
    }

    private static FileSystemInfo[] Entries(DirectoryInfo folder)
    {
        try
        {
            return folder.GetFileSystemInfos("*", Everything);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static string RealPath(string folder, string realParent)
    {
        try
        {
            if (Directory.ResolveLinkTarget(folder, returnFinalTarget: true) is { } target)
            {
                return target.FullName;
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // It vanished, and will have no files.
        }

        return Path.Combine(realParent, Path.GetFileName(folder));
    }

    private sealed record Place(DirectoryInfo Folder, string RealPath, Place? Above, int Depth)
    {
        public bool Holds(string realPath) => realPath == RealPath || Above?.Holds(realPath) == true;
    }
}
