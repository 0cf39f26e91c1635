using System.Collections.Concurrent;
using System.IO.Compression;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>What a job does with the zip of one study. Safe for several callers at once, of which
/// <see cref="CompleteAsync"/> comes alone.</summary>
/// <param name="session">The study.</param>
/// <param name="path">The path of its zip.</param>
/// <param name="unfinished">Where unfinished zips are.</param>
/// <param name="options">How files are written.</param>
internal sealed class StudyZip(StudySession session, string path, UnfinishedZips unfinished, SavingOptions options) : IDisposable
{
    private readonly object _lock = new();
    private volatile UnfinishedZip? _zip;
    private readonly ConcurrentDictionary<string, bool> _outdated = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<UInt128, bool> _removed = [];
    private bool _isLookedFor;

    /// <summary>Whether there is an unfinished zip that can be written.</summary>
    public bool IsOpen => _zip is not null;

    /// <summary>The unfinished zip, where this job or an earlier one wrote instances; else <see langword="null"/>.</summary>
    public UnfinishedZip? TryOpen(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_isLookedFor)
            {
                _zip = unfinished.TryResume(path, session, cancellationToken);
                _isLookedFor = true;
            }

            return _zip;
        }
    }

    /// <summary>The unfinished zip, begun where there is none.</summary>
    public UnfinishedZip Open(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return TryOpen(cancellationToken) ?? (_zip = unfinished.Create(path, session.Run));
        }
    }

    /// <summary>Says that what an earlier run wrote of an entry is not what the store lists now: it will not be in the zip.</summary>
    public void AddOutdated(string entryName) => _outdated[entryName] = true;

    /// <summary>Says that an entry will not be in the zip, though the earlier one has it.</summary>
    public void AddRemoved(string entryName)
    {
        AddOutdated(entryName);
        _removed[EntryHash.Of(entryName)] = true;
    }

    /// <summary>Writes an entry.</summary>
    public async ValueTask<FoundFile> WriteAsync(string entryName, Stream content, ZipEntryForm form, CancellationToken cancellationToken)
    {
        var zip = Open(cancellationToken);
        var written = await new ZipEntryWriter(
            zip, entryName, content, form, CreateTemporary, cancellationToken).WriteAsync().ConfigureAwait(false);
        return new FoundFile(written.SizeBytes, zip.LastWriteUtc) { Crc32 = written.Crc32, Crc32c = form.ExpectedCrc32c ?? written.Crc32c };
    }

    /// <summary>Finishes the zip: with the entries of an earlier one, unless they are replaced, and with a note if the study is not complete.</summary>
    /// <param name="openOld">Opens the earlier zip; <see langword="null"/> if there is none.</param>
    /// <param name="note">What is missing; <see langword="null"/> if nothing is.</param>
    /// <param name="cancellationToken">Ends the writing: what was saved stays for a later run.</param>
    /// <returns>What to tell the user if entries of the earlier zip were damaged: the new one is there, without them.</returns>
    public async ValueTask<string?> CompleteAsync(Func<ZipArchive?> openOld, byte[]? note, CancellationToken cancellationToken)
    {
        using var zip = Open(cancellationToken);
        _zip = null;
        foreach (var name in _outdated.Keys.Append(IncompleteNote.EntryName))
        {
            await zip.RemoveResumedAsync(name, cancellationToken).ConfigureAwait(false);
        }

        var (damaged, comment) = (0, "");

        // Closed before it is replaced, which Windows demands.
        using (var old = openOld())
        {
            if (old is not null)
            {
                comment = old.Comment;
                damaged = await ZipCarryOver.RunAsync(
                    old, zip, _removed.Keys.ToHashSet(), CreateTemporary, options.CompressionLevel, cancellationToken).ConfigureAwait(false);
            }
        }

        if (note is not null)
        {
            using var content = new MemoryStream(note);
            await new ZipEntryWriter(
                zip,
                IncompleteNote.EntryName,
                content,
                new ZipEntryForm(note.Length, CompressionLevel.NoCompression),
                CreateTemporary,
                cancellationToken).WriteAsync().ConfigureAwait(false);
        }

        string? kept = null;
        await zip.CommitAsync(comment, options.Durability != Durability.None, () => kept = damaged > 0 ? DamagedFile.Rename(path) : null, cancellationToken)
            .ConfigureAwait(false);
        if (kept is null)
        {
            return null;
        }

        SavingLogMessages.ZipEntriesDamaged(options.Logger, damaged, path, kept);
        return $"{damaged} instances in the earlier {path} were damaged. It is kept as {kept}; run again to fetch them.";
    }

    private WholeFile CreateTemporary() => unfinished.CreateTemporary(session.StudyInstanceUid, session.Run);

    /// <summary>Leaves what was saved to a later run.</summary>
    public void Dispose() => _zip?.Dispose();
}
