using System.Collections.Concurrent;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>Makes the folders of instances, each seldom more than once. Safe for several callers at once.</summary>
/// <param name="directory">The destination's directory, in which they are; never created again if it is gone.</param>
/// <param name="allowsLinks">Whether they may be links.</param>
internal sealed class DirectoryCache(string directory, bool allowsLinks)
{
    // More than are being filled at a time: of a million series, those that are done are not kept.
    private const int MaxFolders = 1024;

    private readonly ConcurrentDictionary<string, bool> _made = new(StringComparer.Ordinal);

    /// <summary>Makes a folder with its parents, unless that was done.</summary>
    public void Make(string folder)
    {
        if (_made.ContainsKey(folder))
        {
            return;
        }

        // Creating it again would fill the device below a mount point whose volume has gone.
        if (!Directory.Exists(directory))
        {
            throw DestinationErrors.Gone(directory);
        }

        if (!allowsLinks)
        {
            SymbolicLink.ThrowIfBelow(directory, folder);
        }

        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (DirectoryNotFoundException e) when (FileInTheWay(folder) is { } file)
        {
            // .NET reports so a file among the parents, whereas another exception is thrown for the folder itself.
            throw DestinationErrors.FileInTheWay(directory, file, e);
        }

        if (_made.Count >= MaxFolders)
        {
            _made.Clear();
        }

        _made[folder] = true;
    }

    /// <summary>Makes a folder that was removed since.</summary>
    public void MakeAgain(string folder)
    {
        _made.TryRemove(folder, out _);
        Make(folder);
    }

    private static string? FileInTheWay(string folder)
    {
        for (var path = folder; path is not null; path = Path.GetDirectoryName(path))
        {
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
