using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>What waits of a study in unfinished zips: the size of each entry by the hash of its name.</summary>
internal sealed class UnfinishedIndex
{
    private readonly Dictionary<UInt128, long> _sizes = [];
    private readonly List<(string Path, FileStamp Stamp)> _stamps;

    private UnfinishedIndex(List<(string Path, FileStamp Stamp)> stamps) => _stamps = stamps;

    /// <summary>Reads the headers of unfinished zips.</summary>
    public static UnfinishedIndex Read(IReadOnlyList<string> paths)
    {
        var index = new UnfinishedIndex(Stamps(paths));
        using var study = new UnfinishedStudy(paths);
        foreach (var (name, size) in study.Sizes)
        {
            index._sizes[name] = size;
        }

        return index;
    }

    /// <summary>The entry of a name; <see langword="null"/> if there is none.</summary>
    public FoundFile? Find(string entryName) => _sizes.TryGetValue(EntryHash.Of(entryName), out var size)
        ? new FoundFile(size, _stamps[0].Stamp.LastWriteUtc)
        : null;

    /// <summary>Whether the files are still those that were read.</summary>
    public bool IsOf(IReadOnlyList<string> paths) => _stamps.SequenceEqual(Stamps(paths));

    private static List<(string Path, FileStamp Stamp)> Stamps(IReadOnlyList<string> paths) =>
        [.. paths.Select(static path => (Path: path, Stamp: FileStamp.Of(path))).Where(static one => one.Stamp != default)];
}
