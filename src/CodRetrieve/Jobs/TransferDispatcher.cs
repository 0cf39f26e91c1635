using CodRetrieve.IO;
using CodRetrieve.Planning;
using CodRetrieve.Storage;
using CodRetrieve.Transfer;

namespace CodRetrieve.Jobs;

/// <summary>Fetches what is queued: takes the next piece of work whenever the budget has a place for another request.</summary>
internal sealed class TransferDispatcher(JobContext job, JobPlanner planner, CompletionHandler completion)
{
    /// <summary>Fetches until all is fetched, or the queue was stopped.</summary>
    public async Task RunAsync()
    {
        var transfers = new TaskGroup();
        using var beginning = CancellationTokenSource.CreateLinkedTokenSource(job.Ending, job.Control.Stopped);
        try
        {
            while (await job.Queue.WaitAsync(job.Ending).ConfigureAwait(false))
            {
                var permit = await job.Objects.Budget.AcquireAsync(RequestPurpose.Content, beginning.Token).ConfigureAwait(false);
                if (job.Queue.TryTake() is (var run, var item))
                {
                    transfers.Add(job.OrEndAsync(TransferAsync(permit, run, item)));
                }
                else
                {
                    permit.Dispose();
                }
            }
        }
        catch (OperationCanceledException) when (job.Control.Stopped.IsCancellationRequested && !job.Ending.IsCancellationRequested)
        {
            // There may be no place for minutes, if the store asked for that. What is queued is left for the next job.
        }
        finally
        {
            await transfers.WhenAllAsync().ConfigureAwait(false);
        }
    }

    private async Task TransferAsync(RequestPermit permit, SeriesRun run, WorkItem item)
    {
        using var holding = permit;
        await job.Control.Gate.EnterAsync(job.Ending).ConfigureAwait(false);
        try
        {
            // Stopped while it was paused. What was taken is not given back: the series must not pass for ended.
            if (!job.Control.Stopped.IsCancellationRequested)
            {
                await FetchAsync(permit, run, item).ConfigureAwait(false);
            }
        }
        finally
        {
            job.Control.Gate.Exit();
        }
    }

    private async Task FetchAsync(RequestPermit permit, SeriesRun run, WorkItem item)
    {
        var isEnded = false;
        try
        {
            if (item.Kind == WorkKind.Range && job.Prefetch.Take(run.Delta.Content.Listing) is { } prefetched)
            {
                // Its request has a place of its own.
                permit.Dispose();
                await using var closing = prefetched.ConfigureAwait(false);
                await FetchAsync(prefetched.Permit, run, item, prefetched).ConfigureAwait(false);
            }
            else
            {
                await job.Prefetch.DropAsync(run.Delta.Content.Listing).ConfigureAwait(false);
                await FetchAsync(permit, run, item, null).ConfigureAwait(false);
            }
        }
        finally
        {
            isEnded = job.Queue.Release(run);
        }

        if (!isEnded)
        {
            return;
        }

        if (run.IsAwaitingEdit)
        {
            planner.AwaitEdit(run);
        }
        else if (!run.Work.IsAbandoned)
        {
            // Within its place: what is completed more slowly than it is fetched holds up the fetching.
            await completion.CloseAsync(run).ConfigureAwait(false);
        }
        else if (!job.Control.Stopped.IsCancellationRequested)
        {
            // Makes requests of its own, which must not wait for the place of this one.
            permit.Dispose();
            await planner.PlanAgainAsync(run).ConfigureAwait(false);
        }
    }

    private Task FetchAsync(RequestPermit permit, SeriesRun run, WorkItem item, PrefetchedTar? prefetched) =>
        new SeriesFetcher(job.Objects, permit, job.Options.TimeProvider, job.Logger, job.Ending).FetchAsync(run, item, prefetched);
}
