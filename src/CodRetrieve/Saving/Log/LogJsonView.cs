namespace CodRetrieve.Saving;

/// <summary>The entries of a <c>log.json</c> that is only looked at: not made, not repaired, not locked.</summary>
internal sealed class LogJsonView(string directory)
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile HashSet<UInt128> _entries = [];
    private (long Length, DateTime WriteTime) _seen;

    public bool Contains(SeriesInfo series, string sopInstanceUid) =>
        _entries.Contains(EntryHash.Of(LogJson.Entry(series, sopInstanceUid)));

    /// <summary>Reads the file if it is not the one that was read last.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var info = new FileInfo(LogJson.PathIn(directory));
            var now = info.Exists ? (info.Length, info.LastWriteTimeUtc) : default;
            if (now != _seen)
            {
                _entries = info.Exists ? await ReadAsync(info.FullName, cancellationToken).ConfigureAwait(false) : [];
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
        var file = LogJson.OpenRead(path);
        await using (file.ConfigureAwait(false))
        {
            return (await LogJsonContents.ReadAsync(file, cancellationToken).ConfigureAwait(false)).Entries;
        }
    }
}
