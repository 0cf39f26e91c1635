using System.Diagnostics;
using CodRetrieve.Diagnostics;
using CodRetrieve.Planning;
using CodRetrieve.Storage;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Transfer;

/// <summary>Carries out pieces of work, one at a time and each within the same place of the budget: their bytes, through verification, to where they are saved.</summary>
internal sealed class SeriesFetcher(ObjectReader objects, RequestPermit permit, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    private readonly TarVerifier _verifier = new(objects, permit, logger);
    private Activity? _activity;

    /// <summary>Carries out a piece of work.</summary>
    /// <param name="target">The series that it is for.</param>
    /// <param name="item">The work.</param>
    /// <param name="prefetched">The series' tar, where it was asked for ahead; not owned.</param>
    public async Task FetchAsync(ITransferTarget target, WorkItem item, PrefetchedTar? prefetched)
    {
        var kind = item.Kind switch { WorkKind.Scan => "scan", WorkKind.Verify => "verify", _ => "range" };
        using var activity = _activity = CodActivities.StartSegment(target.Series.StudyInstanceUid, target.Series.SeriesInstanceUid, kind, item.Instances.Count);
        var started = time.GetTimestamp();
        try
        {
            await (item switch
            {
                { Segment: { } segment } => FetchSegmentAsync(target, segment, prefetched),
                { Kind: WorkKind.Verify } => VerifyTarAsync(target, item.Instances),
                _ => ScanAsync(target, item.Instances),
            }).ConfigureAwait(false);
        }
        finally
        {
            CodMeter.SegmentEnded(time.GetElapsedTime(started), kind);
        }
    }

    private async Task VerifyTarAsync(ITransferTarget target, IReadOnlyList<InstanceInfo> instances)
    {
        Func<InstanceInfo, Exception>? rejection;
        try
        {
            rejection = await _verifier.VerifyAsync(target, instances, stopping).ConfigureAwait(false);
        }
        catch (CodRetrieveException e)
        {
            target.ThrowIfFatal(e);
            if (IsChanged(target, e))
            {
                return;
            }

            rejection = _ => e;
        }

        if (rejection is not null && !target.TryAwaitEdit())
        {
            Fail(target, target.Work.RejectTar(), rejection);
        }
    }

    private async Task FetchSegmentAsync(ITransferTarget target, Segment segment, PrefetchedTar? prefetched)
    {
        var opened = prefetched is null ? null : await prefetched.OpenAsync().ConfigureAwait(false);
        var cursor = opened is null ? Open(target, segment.Range) : Open(target, new ByteRange(0, target.Tar.SizeBytes), opened);
        await using var closing = cursor.ConfigureAwait(false);
        for (var i = 0; i < segment.Instances.Count; i++)
        {
            var instance = segment.Instances[i];
            var range = instance.TarRange!.Value;
            var failure = await TrySaveAsync(target, cursor, instance, range.Start, range.Length, inScan: false).ConfigureAwait(false);
            if (IsChanged(target, failure))
            {
                return;
            }

            if (failure is ObjectStoreException)
            {
                // The connection gave up for good: what lies behind in this segment fails with the same cause.
                Fail(target, segment.Instances.Skip(i), _ => failure);
                return;
            }

            if (failure is not null and not InstanceIntegrityException)
            {
                Fail(target, [instance], _ => failure);
            }
        }
    }

    private async Task ScanAsync(ITransferTarget target, IReadOnlyList<InstanceInfo> instances)
    {
        // What a scan would find while an edit is under way are the bytes from before it.
        if (instances.Any(instance => target.Work.LastMismatch(instance) is not null) && target.TryAwaitEdit())
        {
            return;
        }

        var wanted = instances.ToDictionary(instance => instance.EntryName, StringComparer.Ordinal);
        Exception? broken = null;
        if (target.Tar.SizeBytes > 0)
        {
            var cursor = Open(target, new ByteRange(0, target.Tar.SizeBytes));
            await using var closing = cursor.ConfigureAwait(false);
            broken = await ScanAsync(target, cursor, wanted).ConfigureAwait(false);
            if (IsChanged(target, broken))
            {
                return;
            }
        }

        if (broken is null && wanted.Count > 0 && target.TryAwaitEdit())
        {
            return;
        }

        Fail(
            target,
            wanted.Values,
            instance => broken ?? target.Work.LastMismatch(instance) ?? (Exception)new CodFormatException($"{instance.Uri}: the tar has no such entry."));
    }

    // Takes what is done out of the wanted, and returns what ended the scan before its time.
    private async Task<Exception?> ScanAsync(ITransferTarget target, TarCursor cursor, Dictionary<string, InstanceInfo> wanted)
    {
        var scanner = new TarScanner(cursor, target.Tar.SizeBytes);
        try
        {
            while (wanted.Count > 0 && await scanner.NextAsync(stopping).ConfigureAwait(false) is { } entry)
            {
                if (!wanted.TryGetValue(entry.Name, out var instance))
                {
                    continue;
                }

                var failure = await TrySaveAsync(target, cursor, instance, cursor.Offset, entry.Size, inScan: true).ConfigureAwait(false);
                if (failure is ObjectStoreException)
                {
                    return failure;
                }

                // After a mismatch the scan goes on: the tar may hold the entry once more.
                if (failure is not InstanceIntegrityException)
                {
                    wanted.Remove(entry.Name);
                    if (failure is not null)
                    {
                        Fail(target, [instance], _ => failure);
                    }
                }
            }

            return null;
        }
        catch (CodRetrieveException e)
        {
            target.ThrowIfFatal(e);
            return e;
        }
    }

    /// <summary>Saves one instance whose first byte lies at an offset.</summary>
    /// <returns><see langword="null"/> when it is saved; else why not. A mismatch is noted with the series' work already.</returns>
    private async Task<Exception?> TrySaveAsync(ITransferTarget target, TarCursor cursor, InstanceInfo instance, long offset, long size, bool inScan)
    {
        var content = new InstanceContent(cursor, instance, size, target);
        await using var closing = content.ConfigureAwait(false);
        try
        {
            await cursor.MoveToAsync(offset, stopping).ConfigureAwait(false);
            await target.SaveAsync(instance, content, stopping).ConfigureAwait(false);
            return null;
        }
#pragma warning disable CA1031 // Whatever a save handler throws is the cause of this instance's failure.
        catch (Exception e)
#pragma warning restore CA1031
        {
            stopping.ThrowIfCancellationRequested();
            var cause = content.Failure ?? e;
            target.ThrowIfFatal(cause);
            if (cause is InstanceIntegrityException mismatch)
            {
                await target.ArrivedAsync(instance).ConfigureAwait(false);
                target.Work.AddMismatch(instance, mismatch, content.BytesRead, inScan);
            }

            return cause;
        }
    }

    // A tar that is gone or another than was listed: the series is read and planned again, once.
    private static bool IsChanged(ITransferTarget target, Exception? failure)
    {
        if (!target.CanPlanAgain
            || failure is not ObjectStoreException { Reason: ObjectStoreFailure.Changed or ObjectStoreFailure.NotFound or ObjectStoreFailure.RangeNotSatisfiable })
        {
            return false;
        }

        target.Work.Abandon();
        return true;
    }

    private void Fail(ITransferTarget target, IEnumerable<InstanceInfo> instances, Func<InstanceInfo, Exception> cause)
    {
        foreach (var instance in instances)
        {
            var exception = cause(instance);
            _activity.Fail(exception);
            target.Fail(instance, exception);
        }
    }

    private TarCursor Open(ITransferTarget target, ByteRange range, ResumingStream? opened = null) =>
        new(objects, new ObjectRange(target.Tar.Name, target.Tar.Generation, target.Tar.SizeBytes, range), permit, target.AddWireBytes, opened);
}
