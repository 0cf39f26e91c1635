using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>The entries of <c>log.json</c>, for users who trust it more than the files. Read once, and again only when the file was changed.</summary>
internal sealed class TrustedLog(string directory)
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile HashSet<UInt128> _entries = [];
    private FileStamp _seen;

    public bool Contains(InstanceInfo instance) => _entries.Contains(
        EntryHash.Of(LogJson.Entry(instance.Series.StudyInstanceUid, instance.Series.SeriesInstanceUid, instance.SopInstanceUid)));

    /// <summary>Reads the file if it is not the one that was read last.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var path = LogJson.PathIn(directory);
            var now = FileStamp.Of(path);
            if (now != _seen)
            {
                _entries = now == default ? [] : await ReadAsync(path, cancellationToken).ConfigureAwait(false);
                _seen = now;
            }
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }
        finally
        {
            _one.Release();
        }
    }

    private static async ValueTask<HashSet<UInt128>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var entries = new HashSet<UInt128>();
        var file = LogJson.OpenRead(path);
        await using (file.ConfigureAwait(false))
        {
            await LogJson.ReadAsync(file, hash => entries.Add(hash), cancellationToken).ConfigureAwait(false);
        }

        return entries;
    }
}
