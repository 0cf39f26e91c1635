using System.Collections.Concurrent;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>The places of the instances of all studies of a directory, in a layout of the user's. Safe for several callers at once.</summary>
/// <param name="root">The full path of the directory.</param>
/// <param name="options">The layout, and how files are written.</param>
internal sealed class InstancePlaces(string root, SavingOptions options)
{
    private readonly ConcurrentDictionary<string, StudyPlaces> _open = new(StringComparer.Ordinal);
    private readonly StudyCache<Known> _known = new();

    /// <summary>The places in a directory; <see langword="null"/> where its layout is the default one, whose places need no record.</summary>
    public static InstancePlaces? For(string root, SavingOptions options) => options.Layout.IsDefault && !options.Relayout ? null : new InstancePlaces(root, options);

    /// <summary>Makes sure that a study was saved in the layout that it is to be saved in, where that is the default one.</summary>
    /// <exception cref="DestinationException">It was not.</exception>
    public static void ThrowIfOther(string root, string studyInstanceUid, SavingOptions options)
    {
        PlacesFile.Read(StatePaths.Places(root, studyInstanceUid), out var layout);
        if (layout is not null)
        {
            LayoutRecord.ThrowIfOther(root, layout, options);
        }
    }

    /// <summary>The places of a study: a job's own while it has the study, else as they are on disk.</summary>
    public StudyPlaces Of(string studyInstanceUid) => _open.TryGetValue(studyInstanceUid, out var places) ? places : Read(studyInstanceUid);

    /// <summary>A study became this job's.</summary>
    /// <param name="studyInstanceUid">The study.</param>
    /// <param name="hasReceipts">Whether something of it was saved.</param>
    /// <exception cref="DestinationException">It was saved in another layout, and is not to be moved.</exception>
    public void Begin(string studyInstanceUid, bool hasReceipts)
    {
        var saved = PlacesFile.Read(PathOf(studyInstanceUid), out var layout);
        if (hasReceipts || layout is not null)
        {
            LayoutRecord.ThrowIfOther(root, layout ?? FolderLayout.Default.Signature, options);
        }

        _open[studyInstanceUid] = new StudyPlaces(options.Layout, saved);
    }

    /// <summary>Writes what was noted of a study. Before its receipts: an instance with a receipt must be found.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(string studyInstanceUid)
    {
        if (_open.TryGetValue(studyInstanceUid, out var places) && places.TakePending() is { Count: > 0 } pending)
        {
            PlacesFile.Append(PathOf(studyInstanceUid), options.Layout.Signature, pending);
        }
    }

    /// <summary>A study is no longer this job's.</summary>
    public void End(string studyInstanceUid) => _open.TryRemove(studyInstanceUid, out _);

    private string PathOf(string studyInstanceUid) => StatePaths.Places(root, studyInstanceUid);

    private StudyPlaces Read(string studyInstanceUid)
    {
        var path = PathOf(studyInstanceUid);
        return _known.Get(studyInstanceUid, known => known.Stamp == FileStamp.Of(path), () =>
        {
            var stamp = FileStamp.Of(path);
            return new Known(new StudyPlaces(options.Layout, PlacesFile.Read(path, out _)), stamp);
        })!.Places;
    }

    private sealed record Known(StudyPlaces Places, FileStamp Stamp);
}
