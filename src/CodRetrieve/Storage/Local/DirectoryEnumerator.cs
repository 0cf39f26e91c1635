using System.IO.Enumeration;

namespace CodRetrieve.Storage;

/// <summary>
/// Finds the files below a folder in the order of their names, as a bucket lists objects. Others may be changing the folder, and it may hold links to folders, loops of them
/// included. Holds the names of one folder of each level.
/// </summary>
internal static class DirectoryEnumerator
{
    // A store has its objects two levels below a study; beyond this lies nothing of one.
    private const int MaxDepth = 8;

    // A folder that may not be read is a failure, not an empty one.
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>The files and their names. A folder that vanishes meanwhile has none, and a link back to a folder above itself is not followed.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="rootName">What the names of all that is in it begin with; empty, or ending in a slash.</param>
    /// <param name="prefix">What the wanted names begin with.</param>
    /// <param name="from">The name below which none is wanted; empty for all.</param>
    public static IEnumerable<(string Name, string Path)> Files(string root, string rootName, string prefix, string from)
    {
        var open = new Stack<Place>([new Place(root, rootName, RealPath(root, Path.GetDirectoryName(root) ?? root), null)]);
        while (open.TryPeek(out var place))
        {
            if (!place.TryTake(out var entry))
            {
                open.Pop();
                continue;
            }

            var name = place.Name + entry;
            var isFolder = entry[^1] == '/';
            if (!name.StartsWith(prefix, StringComparison.Ordinal)
                || (ObjectNameOrder.Instance.Compare(name, from) < 0 && !(isFolder && from.StartsWith(name, StringComparison.Ordinal))))
            {
                continue;
            }

            var path = Path.Combine(place.Path, entry.TrimEnd('/'));
            if (!isFolder)
            {
                yield return (name, path);
            }
            else if (open.Count <= MaxDepth && RealPath(path, place.RealPath) is var real && !place.Holds(real))
            {
                open.Push(new Place(path, name, real, place));
            }
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

    /// <summary>A folder whose entries are being given.</summary>
    private sealed class Place(string path, string name, string realPath, Place? above)
    {
        // A folder's name ends in a slash, by which it sorts as what is in it does.
        private readonly string[] _entries = Entries(path);
        private int _next;

        public string Path => path;

        public string Name => name;

        public string RealPath => realPath;

        public bool TryTake(out string entry)
        {
            if (_next == _entries.Length)
            {
                entry = "";
                return false;
            }

            entry = _entries[_next++];
            return true;
        }

        public bool Holds(string real) => real == realPath || above?.Holds(real) == true;

        private static string[] Entries(string folder)
        {
            try
            {
                string[] entries = [.. new FileSystemEnumerable<string>(
                    folder, static (ref FileSystemEntry entry) => entry.IsDirectory ? $"{entry.FileName}/" : entry.FileName.ToString(), Everything)];
                Array.Sort(entries, ObjectNameOrder.Instance);
                return entries;
            }
            catch (DirectoryNotFoundException)
            {
                return [];
            }
        }
    }
}
