using System.Text;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// Adds entries to <c>log.json</c> at the end of a job, so that a directory begun here can be finished by the JavaScript tool: written whole beside
/// it and renamed, under a lock, since other jobs add theirs. Never stops a job.
/// </summary>
/// <param name="root">The full path of the directory.</param>
/// <param name="owner">The run that writes.</param>
/// <param name="tryLock">Takes the lock, which is disposed; <see langword="null"/> if another has it.</param>
/// <param name="options">How files are written.</param>
internal sealed class LogJsonExport(string root, string owner, Func<IDisposable?> tryLock, SavingOptions options)
{
    private const int WriteBufferBytes = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly string _path = LogJson.PathIn(root);

    /// <summary>Adds the entries that the log lacks, and creates a log where there is none.</summary>
    /// <param name="entries">The entries; enumerated more than once.</param>
    public async ValueTask AddAsync(IEnumerable<string> entries)
    {
        for (var started = options.TimeProvider.GetTimestamp(); ;)
        {
            try
            {
                if (await TryAddAsync(entries).ConfigureAwait(false))
                {
                    return;
                }

                if (options.TimeProvider.GetElapsedTime(started) >= Patience)
                {
                    SavingLogMessages.LogLocked(options.Logger, _path);
                    return;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another program may hold the file for a moment; a device that is gone, or full, stays so.
                if (!Directory.Exists(root) || options.TimeProvider.GetElapsedTime(started) >= Patience || DestinationErrors.From(e, root) is not null)
                {
                    SavingLogMessages.LogNotWritten(options.Logger, e, _path);
                    return;
                }
            }

            await Task.Delay(Interval, options.TimeProvider).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> TryAddAsync(IEnumerable<string> entries)
    {
        using var held = tryLock();
        if (held is null)
        {
            return false;
        }

        var missing = entries.Select(EntryHash.Of).ToHashSet();
        using var source = File.Exists(_path) ? LogJson.OpenRead(_path) : null;
        var log = source is null ? null : await LogJson.ReadAsync(source, hash => missing.Remove(hash), CancellationToken.None).ConfigureAwait(false);
        if (log is not null && missing.Count == 0)
        {
            return true;
        }

        if (source is not null && log is null)
        {
            SavingLogMessages.LogDamaged(options.Logger, _path, DamagedFile.Rename(_path));
            missing = entries.Select(EntryHash.Of).ToHashSet();
        }

        using var target = WholeFile.Create(_path, "log.json", owner, 0, options.Files, options.TimeProvider);
        await WriteAsync(target, source, log, entries, missing).ConfigureAwait(false);
        source?.Close();
        await target.CommitAsync(flush: false, overwrite: true, CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    private static async ValueTask WriteAsync(WholeFile target, FileStream? source, LogJson? log, IEnumerable<string> entries, HashSet<UInt128> missing)
    {
        var stream = new FileHandleStream(target.Handle, WriteBufferBytes);
        await using var closing = stream.ConfigureAwait(false);
        var isFirst = log?.End?.IsFirst ?? true;
        if (source is not null && log?.End is { } end)
        {
            source.Position = 0;
            await CopyAsync(source, stream, end.Offset).ConfigureAwait(false);
        }
        else
        {
            stream.Write("{\"logs\":["u8);
        }

        foreach (var entry in entries.Where(entry => missing.Remove(EntryHash.Of(entry))))
        {
            stream.Write(Encoding.ASCII.GetBytes(isFirst ? $"\"{entry}\"" : $",\"{entry}\""));
            isFirst = false;
        }

        if (source is not null && log is not null)
        {
            await source.CopyToAsync(stream).ConfigureAwait(false);
        }
        else
        {
            stream.Write("]}"u8);
        }

        await stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    // Without a byte order mark.
    private static async ValueTask CopyAsync(FileStream source, Stream target, long end)
    {
        var buffer = new byte[WriteBufferBytes];
        while (source.Position < end)
        {
            var isStart = source.Position == 0;
            var part = buffer.AsMemory(0, (int)Math.Min(end - source.Position, buffer.Length));
            await source.ReadExactlyAsync(part).ConfigureAwait(false);
            await target.WriteAsync(isStart && part.Span.StartsWith("\uFEFF"u8) ? part[3..] : part).ConfigureAwait(false);
        }
    }
}
