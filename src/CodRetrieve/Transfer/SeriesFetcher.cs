using System.Diagnostics;
using CodRetrieve.Diagnostics;
using CodRetrieve.Jobs;
using CodRetrieve.Planning;
using CodRetrieve.Storage;

namespace CodRetrieve.Transfer;

/// <summary>Carries out one piece of work: its bytes, through the check, to the save handler.</summary>
internal sealed class SeriesFetcher(JobContext job)
{
    // Of what is under way; a fetcher does one thing at a time.
    private Activity? _activity;

    public async Task FetchAsync(WorkItem item)
    {
        var kind = item.Kind switch { WorkKind.Scan => "walk", WorkKind.Verify => "proof", _ => "range" };
        using var activity = _activity = CodActivities.StartSegment(item.Run.Series.StudyInstanceUid, item.Run.Series.SeriesInstanceUid, kind, item.Instances.Count);
        var started = job.Time.GetTimestamp();
        try
        {
            await (item switch
            {
                { Segment: { } segment } => FetchSegmentAsync(item.Run, segment),
                { Kind: WorkKind.Verify } => VerifyTarAsync(item.Run, item.Instances),
                _ => WalkAsync(item.Run, item.Instances),
            }).ConfigureAwait(false);
        }
        finally
        {
            CodMeter.SegmentEnded(job.Time.GetElapsedTime(started), kind);
        }
    }

    private async Task VerifyTarAsync(SeriesRun run, IReadOnlyList<InstanceInfo> instances)
    {
        Func<InstanceInfo, Exception>? disproof;
        try
        {
            disproof = await new TarVerifier(job).VerifyTarAsync(run, instances).ConfigureAwait(false);
        }
        catch (CodRetrieveException e)
        {
            job.StopIfFatal(e);
            if (IsChanged(run, e))
            {
                return;
            }

            disproof = _ => e;
        }

        foreach (var instance in disproof is null ? [] : run.RejectTar())
        {
            await FailAsync(run, [instance], disproof!(instance)).ConfigureAwait(false);
        }
    }

    private async Task FetchSegmentAsync(SeriesRun run, Segment segment)
    {
        var cursor = Open(run, segment.Range);
        await using var closing = cursor.ConfigureAwait(false);
        for (var i = 0; i < segment.Instances.Count; i++)
        {
            var instance = segment.Instances[i];
            var range = instance.TarRange!.Value;
            var failure = await TrySaveAsync(run, cursor, instance, range.Start, range.Length, inWalk: false).ConfigureAwait(false);
            if (IsChanged(run, failure))
            {
                return;
            }

            if (failure is ObjectStoreException)
            {
                // The connection gave up for good: what lies behind in this segment fails with the same cause.
                await FailAsync(run, segment.Instances.Skip(i), failure).ConfigureAwait(false);
                return;
            }

            if (failure is not null and not InstanceIntegrityException)
            {
                await FailAsync(run, [instance], failure).ConfigureAwait(false);
            }
        }
    }

    private async Task WalkAsync(SeriesRun run, IReadOnlyList<InstanceInfo> instances)
    {
        var wanted = instances.ToDictionary(instance => instance.EntryName, StringComparer.Ordinal);
        var size = run.Survey.Content.Listing.Tar!.SizeBytes;
        Exception? broken = null;
        if (size > 0)
        {
            var cursor = Open(run, new ByteRange(0, size));
            await using var closing = cursor.ConfigureAwait(false);
            broken = await WalkAsync(run, cursor, size, wanted).ConfigureAwait(false);
            if (IsChanged(run, broken))
            {
                return;
            }
        }

        foreach (var instance in wanted.Values)
        {
            var cause = broken ?? run.LastMismatch(instance) ?? (Exception)new CodFormatException($"{instance.Uri}: the tar has no such entry.");
            await FailAsync(run, [instance], cause).ConfigureAwait(false);
        }
    }

    // Takes what is done out of the wanted, and gives what ended the walk before its time.
    private async Task<Exception?> WalkAsync(SeriesRun run, TarCursor cursor, long size, Dictionary<string, InstanceInfo> wanted)
    {
        var walk = new TarScanner(cursor, size);
        try
        {
            while (wanted.Count > 0 && await walk.NextAsync(job.Stopping).ConfigureAwait(false) is { } entry)
            {
                if (!wanted.TryGetValue(entry.Name, out var instance))
                {
                    continue;
                }

                var failure = await TrySaveAsync(run, cursor, instance, cursor.Offset, entry.Size, inWalk: true).ConfigureAwait(false);
                if (failure is ObjectStoreException)
                {
                    return failure;
                }

                // After a mismatch the walk goes on: the tar may hold the entry once more.
                if (failure is not InstanceIntegrityException)
                {
                    wanted.Remove(entry.Name);
                    if (failure is not null)
                    {
                        await FailAsync(run, [instance], failure).ConfigureAwait(false);
                    }
                }
            }

            return null;
        }
        catch (CodRetrieveException e)
        {
            job.StopIfFatal(e);
            return e;
        }
    }

    /// <summary>Saves one instance whose first byte lies at an offset.</summary>
    /// <returns><see langword="null"/> when it is saved; else why not. A mismatch is noted with the series already.</returns>
    private async Task<Exception?> TrySaveAsync(SeriesRun run, TarCursor cursor, InstanceInfo instance, long offset, long size, bool inWalk)
    {
        var counted = run.BytesCounted(instance);
        var delivered = 0L;
        var content = new InstanceContent(cursor, instance, size, bytes =>
        {
            delivered += bytes;
            if (delivered > counted)
            {
                run.Progress.Add(delivered - counted);
                job.Totals.AddBytes(delivered - counted);
                counted = delivered;
                job.Events.Progressed(run.Progress);
            }
        });
        await using var closing = content.ConfigureAwait(false);

        var cause = await SaveAsync(run, cursor, instance, offset, content).ConfigureAwait(false);
        if (cause is InstanceIntegrityException mismatch)
        {
            run.AddMismatch(instance, mismatch, counted, inWalk);
        }

        return cause;
    }

    private async Task<Exception?> SaveAsync(SeriesRun run, TarCursor cursor, InstanceInfo instance, long offset, InstanceContent content)
    {
        run.BeginWriting(instance);
        try
        {
            await cursor.MoveToAsync(offset, job.Stopping).ConfigureAwait(false);
            var location = await job.Handler.SaveAsync(instance, content, job.Stopping).ConfigureAwait(false);
            if (content.IsWhole)
            {
                run.AddSaved(instance, content.SizeBytes);
                job.Totals.AddSaved();
                await job.Events.SavedAsync(new InstanceResult(instance, location, content.SizeBytes), job.Stopping).ConfigureAwait(false);
                return null;
            }

            // A handler that swallowed what reading threw, or stopped reading, has not saved anything.
            return content.Failure ?? new InvalidOperationException("The save handler returned before it had read the content to its end.");
        }
#pragma warning disable CA1031 // Whatever a save handler throws is the cause of this instance's failure.
        catch (Exception e)
#pragma warning restore CA1031
        {
            job.Stopping.ThrowIfCancellationRequested();
            var cause = content.Failure ?? e;
            job.StopIfFatal(cause);
            return cause;
        }
        finally
        {
            run.EndWriting(instance);
        }
    }

    // A tar that is gone or another than was listed: the series is read and planned anew, once.
    private static bool IsChanged(SeriesRun run, Exception? failure)
    {
        if (run.IsSecond || failure is not ObjectStoreException { Reason: ObjectStoreFailure.Changed or ObjectStoreFailure.NotFound or ObjectStoreFailure.RangeNotSatisfiable })
        {
            return false;
        }

        run.Abandon();
        return true;
    }

    private async ValueTask FailAsync(SeriesRun run, IEnumerable<InstanceInfo> instances, Exception cause)
    {
        _activity.Fail(cause);
        foreach (var instance in instances)
        {
            await job.FailAsync(run, RetrievalFailure.Of(instance, cause)).ConfigureAwait(false);
        }
    }

    private TarCursor Open(SeriesRun run, ByteRange range)
    {
        var tar = run.Survey.Content.Listing.Tar!;
        return new TarCursor(job.Objects, new ObjectRange(tar.Name, tar.Generation, tar.SizeBytes, range), job.Report.AddBytes);
    }
}
