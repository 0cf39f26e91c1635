using System.Runtime.CompilerServices;
using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Observability;
using CodRetrieve.Service.Requests;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Running;

/// <summary>Runs a shard: claims it, retrieves what is left of it with a job of the library, and records what became of each study. Safe for use by several threads.</summary>
internal sealed class ShardRunner(
    ShardLedger ledger, NamedStores stores, NamedDestinations destinations, IOptions<ServiceOptions> options, ServiceMeter meter, RequestSignal signal, TimeProvider time, ILogger<ShardRunner> logger)
{
    private static readonly TimeSpan ClaimDelay = TimeSpan.FromSeconds(1);

    private readonly LimitOptions _limits = options.Value.Limits;

    /// <summary>Runs a shard if it is nobody's and wanted; else it does nothing. Whoever asks, and however often: a shard is one run's at a time.</summary>
    /// <param name="shardId">The shard.</param>
    /// <param name="stopping">Ends the run early: what is left is for another node.</param>
    public async Task RunAsync(long shardId, CancellationToken stopping)
    {
        if (await ClaimAsync(shardId, stopping) is not var (shard, claimedAt))
        {
            return;
        }

        logger.LogClaimed(shard.Id, shard.RequestId, shard.Epoch, shard.Studies.Count);
        await using var lease = new ShardLease(ledger, shard, claimedAt, options, time, logger);
        lease.Start();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Ended);
        var run = new Run(shard, lease);
        try
        {
            await RetrieveAsync(run, end.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException || !end.IsCancellationRequested)
        {
            run.Error = e;
            logger.LogRunFailed(e, shard.Id);
        }
        catch (OperationCanceledException)
        {
            // Paused, cancelled, lost, or the node stops: what is known by now is recorded.
        }

        await EndAsync(run, stopping.IsCancellationRequested);
        signal.Set();
    }

    // A database that is down or read-only is waited for: nothing else could be done meanwhile, and a job that ends is one that has to be enqueued again.
    private async Task<(ClaimedShard Shard, long ClaimedAt)?> ClaimAsync(long shardId, CancellationToken stopping)
    {
        string? problem = null;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // One that takes longer than the lease would be of no use.
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                limit.CancelAfter(options.Value.Node.Lease);
                var claimedAt = time.GetTimestamp();
                return await ledger.ClaimAsync(shardId, limit.Token) is { } shard ? (shard, claimedAt) : null;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                if (problem != (problem = ledger.Describe(e)))
                {
                    logger.LogClaimFailed(shardId, problem);
                }

                await Task.Delay(ClaimDelay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                // The node stops.
            }
        }

        return null;
    }

    private async Task RetrieveAsync(Run run, CancellationToken cancellationToken)
    {
        var shard = run.Shard;
        if (shard.Studies.Count == 0)
        {
            return;
        }

        var recorder = new OutcomeRecorder(ledger, shard, time, logger, run.Lease.Ended);
        var recording = recorder.RunAsync();
        try
        {
            await using var destination = destinations.Open(shard.Destination);
            var handler = new ShardHandler(destination.Handler, run.Lease, (study, token) => recorder.AddAsync(run.Saved(study), token));
            run.Handler = handler;
            var cod = stores.Open(shard.Store, shard.Destination);
            var job = cod.CreateJob(StudiesAsync(run, handler, cancellationToken), handler, shard.Selection?.ToSelection());
            run.Lease.Progress = () => (run.BytesReceived, run.BytesPerSecond);
            try
            {
                run.Result = await job.RunAsync(new ProgressSink(run), cancellationToken);
            }
            catch (JobFailedException e)
            {
                run.Result = e.Result;
                throw;
            }
            finally
            {
                run.Result ??= job.Result;
            }
        }
        finally
        {
            recorder.Complete();
            run.NotRecorded = await recording;
        }
    }

    // The job takes them up as it plans, some ahead. What does not fit any more becomes a shard of its own, which other nodes can take at once.
    private async IAsyncEnumerable<string> StudiesAsync(Run run, ShardHandler handler, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isFirst = true;
        foreach (var study in run.Shard.Studies)
        {
            if (!isFirst && handler.BytesPlanned > _limits.BytesPerShard)
            {
                run.SplitAt = study.Number;
                if (await ledger.SplitAsync(run.Shard, study.Number, cancellationToken))
                {
                    logger.LogSplit(run.Shard.Id, run.Shard.RequestId, study.Number);
                    signal.Set();
                }

                yield break;
            }

            isFirst = false;
            yield return study.StudyInstanceUid;
        }
    }

    private async Task EndAsync(Run run, bool isStopping)
    {
        var outcome = run.Lease.State switch
        {
            LeaseState.Cancelled => AttemptOutcome.Cancelled,
            LeaseState.Paused => AttemptOutcome.Released,
            LeaseState.Lost => AttemptOutcome.LeaseLost,
            _ => isStopping ? AttemptOutcome.Released : AttemptOutcome.Completed,
        };
        var decided = outcome == AttemptOutcome.Completed ? Decide(run) : new Decision([], false, null);
        var outcomes = new List<StudyOutcome>([.. run.NotRecorded, .. decided.Outcomes]);
        meter.RunEnded(outcome, run.BytesReceived, run.Handler?.BytesSaved ?? 0);
        foreach (var failed in decided.Outcomes.Where(static one => one.State == StudyState.Failed))
        {
            meter.StudyFailed(failed.Reason);
        }

        meter.StudiesSaved(run.SavedStudies.Count);
        if (outcome == AttemptOutcome.LeaseLost)
        {
            return;
        }

        if (decided.IsFailure && outcome == AttemptOutcome.Completed)
        {
            outcome = AttemptOutcome.Deferred;
        }

        try
        {
            // Not cancelled by the end of the node: what is recorded now need not be looked at again.
            using var limit = new CancellationTokenSource(options.Value.Node.Lease);
            var end = new RunEnd(outcome, decided.IsFailure, run.BytesReceived, run.Handler?.BytesSaved ?? 0, decided.Message);
            if (!await ledger.EndAsync(run.Shard, outcomes, end, limit.Token))
            {
                logger.LogLeaseTaken(run.Shard.Id, run.Shard.Epoch);
                return;
            }

            var failedCount = decided.Outcomes.Count(static one => one.State == StudyState.Failed);
            logger.LogEnded(run.Shard.Id, run.Shard.Epoch, outcome.ToString(), run.SavedStudies.Count, failedCount, run.Shard.Studies.Count - run.SavedStudies.Count - failedCount);
        }
        catch (Exception e)
        {
            // The database does not respond. When the lease has ended, the shard is claimed again, and finds what is saved.
            logger.LogNotRecorded(ledger.FaultOf(e) == LedgerFault.Other ? e : null, run.Shard.Id, ledger.Describe(e));
        }
    }

    private Decision Decide(Run run)
    {
        var outcomes = new List<StudyOutcome>();
        var deferred = new List<(ShardStudy Study, FailureReason Reason, string Message)>();
        var missing = new HashSet<string>(run.Result?.MissingStudies ?? [], StringComparer.Ordinal);
        var busy = new HashSet<string>(run.Result?.BusyStudies ?? [], StringComparer.Ordinal);
        var failures = (run.Result?.Failures ?? []).Where(static one => one.StudyInstanceUid is not null).ToLookup(static one => one.StudyInstanceUid!, StringComparer.Ordinal);
        foreach (var study in run.Shard.Studies.Where(study => (run.SplitAt is null || study.Number < run.SplitAt) && !run.SavedStudies.ContainsKey(study.StudyInstanceUid)))
        {
            if (missing.Contains(study.StudyInstanceUid))
            {
                outcomes.Add(new StudyOutcome(study.Number, StudyState.Failed, FailureReason.NotFound, "The store has no study of this UID, or the credential may not see it."));
            }
            else if (busy.Contains(study.StudyInstanceUid))
            {
                deferred.Add((study, FailureReason.Busy, "Another process was saving the study to the same destination."));
            }
            else if (failures[study.StudyInstanceUid].ToList() is { Count: > 0 } found && (run.Error is null || run.Handler?.Completed.ContainsKey(study.StudyInstanceUid) == true))
            {
                DeferOrFail(study, FailureText.Of(found), found.Exists(static failure => FailureText.IsTransient(failure.Exception)));
            }
            else if (run.Error is { } error)
            {
                DeferOrFail(study, FailureText.Of(error), FailureText.IsTransient(error));
            }
            else if (run.Result is not null)
            {
                deferred.Add((study, FailureReason.Other, "The run ended without a decision about the study."));
            }
        }

        // Progress starts the count of failed runs again: only what brings nothing time after time is given up.
        var failedRuns = run.SavedStudies.IsEmpty ? run.Shard.FailedRuns : 0;
        if (deferred.Count > 0 && failedRuns + 1 >= _limits.AttemptsPerShard)
        {
            outcomes.AddRange(deferred.Select(one => Failed(run, one.Study, one.Reason, $"{one.Message} Given up after {failedRuns + 1} attempts.")));
            return new Decision(outcomes, true, deferred[0].Message);
        }

        return new Decision(outcomes, deferred.Count > 0 && run.SavedStudies.IsEmpty || run.Error is not null, deferred.Count > 0 ? deferred[0].Message : null);

        void DeferOrFail(ShardStudy study, (FailureReason Reason, string Message) failure, bool isTransient)
        {
            if (isTransient)
            {
                deferred.Add((study, failure.Reason, failure.Message));
            }
            else
            {
                outcomes.Add(Failed(run, study, failure.Reason, failure.Message));
            }
        }
    }

    private StudyOutcome Failed(Run run, ShardStudy study, FailureReason reason, string message)
    {
        logger.LogStudyFailed(study.StudyInstanceUid, reason.ToString());
        var tally = run.Handler?.TallyOf(study.StudyInstanceUid);
        var text = message.Length <= FailureText.MaxLength ? message : message[..FailureText.MaxLength];
        return new StudyOutcome(study.Number, StudyState.Failed, reason, text, tally?.Saved ?? 0, tally?.Skipped ?? 0, tally?.Bytes ?? 0);
    }

    private sealed record Decision(IReadOnlyList<StudyOutcome> Outcomes, bool IsFailure, string? Message);

    /// <summary>The job reports in order, and never two at once.</summary>
    private sealed class ProgressSink(Run run) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => (run.BytesReceived, run.BytesPerSecond) = (value.BytesReceived, (long)value.BytesPerSecond);
    }
}
