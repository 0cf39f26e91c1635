using CodRetrieve.IO;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>
/// What waits of a study in an unfinished zip, for reading: nothing is changed, and a job may be writing it. Whether the bytes are right is not known before
/// they are read.
/// </summary>
internal sealed class UnfinishedStudy : IDisposable
{
    private readonly List<SafeFileHandle> _files = [];
    private readonly Dictionary<UInt128, (SafeFileHandle File, ZipRecord Record)> _entries = [];
    private readonly List<string> _names = [];

    /// <summary>Opens what there is.</summary>
    /// <param name="paths">The unfinished zips of the study.</param>
    /// <exception cref="IOException">One cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be read.</exception>
    public UnfinishedStudy(IEnumerable<string> paths)
    {
        try
        {
            foreach (var path in paths.Where(static path => !SymbolicLink.Is(path)))
            {
                Add(path);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The names of the entries.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The sizes of the entries, by the hashes of their names.</summary>
    public IEnumerable<KeyValuePair<UInt128, long>> Sizes => _entries.Select(static entry => KeyValuePair.Create(entry.Key, entry.Value.Record.SizeBytes));

    /// <summary>Opens the content of an entry; <see langword="null"/> if there is none of the name.</summary>
    public (Stream Content, long SizeBytes)? Open(string name) => _entries.TryGetValue(EntryHash.Of(name), out var entry)
        ? (UnfinishedZipReader.Open(entry.File, entry.Record), entry.Record.SizeBytes)
        : null;

    public void Dispose()
    {
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    private void Add(string path)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            // Finished, or gone on with, since it was listed.
            return;
        }

        _files.Add(file);
        foreach (var (name, record) in UnfinishedZipReader.Follow(file))
        {
            if (record.Method != LocalHeader.Unfinished && name != IncompleteNote.EntryName)
            {
                var key = EntryHash.Of(name);
                if (!_entries.ContainsKey(key))
                {
                    _names.Add(name);
                }

                _entries[key] = (file, record);
            }
        }
    }
}
