using CodRetrieve.Catalog;
using CodRetrieve.Diagnostics;
using CodRetrieve.Saving;
using CodRetrieve.Storage;
using CodRetrieve.Transfer;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Jobs;

/// <summary>
/// Runs a job: one part plans ahead, as many as there are connections fetch, one closes studies. They end together, whatever ends them.
/// </summary>
internal sealed class JobRunner(
    IReadOnlyList<string> studies, IObjectStore store, string? prefix, ISaveHandler handler, CodDownloadOptions options)
{
    private readonly ILogger _logger = options.LoggerFactory.CreateLogger<Job>();

    public IReadOnlyList<string> Studies => studies;

    public async Task<JobResult> RunAsync(JobEventSinks sinks, CancellationToken cancellationToken)
    {
        using var activity = CodActivities.StartJob(studies.Count);
        var started = options.TimeProvider.GetTimestamp();
        var events = new JobEvents(sinks, options.TimeProvider, _logger);
        var pump = events.PumpAsync();
        using var objects = new ObjectReader(store, new RequestPolicy(options, _logger), options.MaxConnections);
        using var job = new JobContext(
            objects, new CodCatalog(objects, prefix, _logger), handler, events, options.MaxConnections, _logger, cancellationToken)
        {
            Time = options.TimeProvider,
        };
        var running = RunAsync(job);
        try
        {
            if (sinks.Totals is not null)
            {
                await new ProgressReporter(sinks.Totals, job.Totals, events, options.TimeProvider).RunAsync(running).ConfigureAwait(false);
            }

            await running.ConfigureAwait(false);
        }
        catch (Exception) when (job.Stopping.IsCancellationRequested)
        {
            // Told by the result: cancelled by the caller, or stopped by the job itself for its first cause.
        }

        var cause = job.FatalException;
        var result = job.Report.ToResult(options.TimeProvider.GetElapsedTime(started), cause is null && cancellationToken.IsCancellationRequested, cause);
        CodActivities.EndJob(activity, result.Outcome, cause);
        if (cause is not null)
        {
            await events.ErrorAsync(RetrievalFailure.OfJob(store.GetUri(prefix ?? ""), cause)).ConfigureAwait(false);
        }

        await events.CompletedAsync(result).ConfigureAwait(false);
        events.Complete();
        await pump.ConfigureAwait(false);
        if (cause is not null)
        {
            throw new JobStoppedException(result, cause);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    private Task RunAsync(JobContext job) =>
        OrStopAsync(job, handler is IDestination destination ? RunAsync(job, destination) : FetchAllAsync(job));

    private async Task RunAsync(JobContext job, IDestination destination)
    {
        await using var closing = destination.ConfigureAwait(false);
        await destination.OpenAsync(studies, job.Stopping).ConfigureAwait(false);
        await FetchAllAsync(job).ConfigureAwait(false);
    }

    private async Task FetchAllAsync(JobContext job)
    {
        var closer = new CompletionHandler(job);
        var planner = new StudyPlanner(job, closer);
        var closing = OrStopAsync(job, closer.CloseStudiesAsync());
        var fetching = Enumerable.Range(0, job.Connections).Select(_ => OrStopAsync(job, FetchAsync(job, planner, closer)));
        try
        {
            await Task.WhenAll([OrStopAsync(job, planner.PlanAsync(studies)), .. fetching]).ConfigureAwait(false);
        }
        finally
        {
            closer.Complete();
            await closing.ConfigureAwait(false);
        }
    }

    private static async Task FetchAsync(JobContext job, StudyPlanner planner, CompletionHandler closer)
    {
        var fetcher = new SeriesFetcher(job);
        while (await job.Queue.TakeAsync(job.Stopping).ConfigureAwait(false) is { } item)
        {
            var isEnded = false;
            try
            {
                await fetcher.FetchAsync(item).ConfigureAwait(false);
            }
            finally
            {
                isEnded = job.Queue.Release(item);
            }

            if (isEnded && item.Run.IsAbandoned)
            {
                await planner.PlanAgainAsync(item.Run).ConfigureAwait(false);
            }
            else if (isEnded)
            {
                await closer.CloseAsync(item.Run).ConfigureAwait(false);
            }
        }
    }

    // One part that fails ends the others, so that none waits for what no longer comes.
    private static async Task OrStopAsync(JobContext job, Task part)
    {
        try
        {
            await part.ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !job.Stopping.IsCancellationRequested)
        {
            job.Stop(e);
            throw;
        }
    }
}
