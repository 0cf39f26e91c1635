using System.Threading.Channels;
using CodRetrieve.Catalog;
using CodRetrieve.Diagnostics;
using CodRetrieve.Saving;
using CodRetrieve.Selecting;
using CodRetrieve.Storage;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Jobs;

/// <summary>
/// Runs a job: one part plans ahead, one fetches, one completes studies. They end together, whatever ends them.
/// </summary>
/// <param name="store">The store; not owned.</param>
/// <param name="prefix">What stands before <c>studies/</c> in the names of its objects.</param>
/// <param name="handler">Where instances go; not owned.</param>
/// <param name="source">Gives what the store holds of the studies.</param>
/// <param name="options">The options.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class JobRunner(IObjectStore store, string? prefix, ISaveHandler handler, Func<CodCatalog, ICatalogSource> source, CodDownloadOptions options, ILogger logger)
{
    /// <summary>The number of studies, for diagnostics; <see langword="null"/> where it is not known beforehand.</summary>
    public int? StudyCount { get; init; }

    /// <summary>What is selected of the studies; <see langword="null"/> for all.</summary>
    public SelectionPlan? Selection { get; init; }

    /// <summary>What of the studies was left out before the job began.</summary>
    public LeftOutCount LeftOut { get; init; }

    /// <summary>Receives the statistics when all studies are planned; <see langword="null"/> where they are known already.</summary>
    public Action<DownloadStats>? Planned { get; set; }

    /// <summary>Whether somebody wants to know each instance that is saved already.</summary>
    public Func<bool> WantsSkipped { get; set; } = static () => false;

    /// <summary>Receives the result before it is raised: a handler that blocks does not keep it from the caller.</summary>
    public Action<JobResult>? Ended { get; set; }

    /// <summary>Runs the job.</summary>
    /// <param name="control">Pauses, stops and cancels it.</param>
    /// <param name="raise">Raises an event.</param>
    /// <param name="stream">Given each event, and waited for.</param>
    /// <param name="totals">Given the totals.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <exception cref="JobFailedException">Nothing more could succeed.</exception>
    /// <exception cref="OperationCanceledException">The job was cancelled before it had done everything.</exception>
    public async Task<JobResult> RunAsync(
        JobControl control, Action<JobEvent> raise, ChannelWriter<JobEvent>? stream, IProgress<JobProgress>? totals, CancellationToken cancellationToken)
    {
        using var activity = CodActivities.StartJob(StudyCount);
        var time = options.TimeProvider;
        var started = time.GetTimestamp();
        using var budget = new RequestBudget(options);
        var objects = new ObjectReader(store, new RequestPolicy(options, logger), budget);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, control.Cancelled);
        using var events = new JobEvents(raise, stream, totals, time, logger, ending.Token);
        var pump = events.PumpAsync();
        var tally = new JobTally(wantsStats: Planned is not null);
        tally.AddLeftOut(LeftOut);
        var catalog = new CodCatalog(objects, prefix, logger)
        {
            Needs = Selection?.Needs ?? new AttributeNeeds(),
            IsSeriesWanted = Selection is null ? null : Selection.IsSeriesWanted,
            MaxStorageClass = options.MaxStorageClass,
        };
        using var job = new JobContext(objects, catalog, handler, control, options, tally, logger, cancellationToken) { Events = events, Selection = Selection, WantsSkipped = WantsSkipped() };
        var isFinished = false;
        var running = RunAsync(job);
        try
        {
            if (events.WantsTotals)
            {
                await new ProgressReporter(tally, events, objects, time).RunAsync(running).ConfigureAwait(false);
            }

            await running.ConfigureAwait(false);
            isFinished = true;
        }
        catch (Exception) when (job.Ending.IsCancellationRequested)
        {
            // The result says how it ended: cancelled by the caller, or by the job itself for its first fatal cause.
        }

        var fatal = job.FatalException;
        JobOutcome? outcome = fatal is not null ? JobOutcome.Failed : !isFinished ? JobOutcome.Cancelled : tally.IsUnfinished ? JobOutcome.Stopped : null;
        var (result, unreported) = tally.ToResult(time.GetElapsedTime(started), outcome, fatal);
        CodActivities.EndJob(activity, result.Outcome, fatal);
        Ended?.Invoke(result);
        if (fatal is not null)
        {
            unreported = [.. unreported, RetrievalFailure.OfJob(store.GetUri(prefix ?? ""), fatal)];
        }

        foreach (var failure in unreported)
        {
            await events.AddAsync(new JobErrorEventArgs(failure)).ConfigureAwait(false);
        }

        await events.AddAsync(new JobCompletedEventArgs(result)).ConfigureAwait(false);
        await events.CompleteAsync(pump).ConfigureAwait(false);
        return result.Outcome switch
        {
            JobOutcome.Failed => throw new JobFailedException(result, fatal!),
            JobOutcome.Cancelled => throw new OperationCanceledException(
                "The job was cancelled. What is saved stays; another job continues from there.", cancellationToken.IsCancellationRequested ? cancellationToken : control.Cancelled),
            _ => result,
        };
    }

    private Task RunAsync(JobContext job) =>
        job.OrEndAsync(handler is ISaveHandlerLifecycle lifecycle ? RunAsync(job, lifecycle) : FetchAllAsync(job));

    private async Task RunAsync(JobContext job, ISaveHandlerLifecycle lifecycle)
    {
        await lifecycle.OpenAsync(job.Ending).ConfigureAwait(false);
        try
        {
            await FetchAllAsync(job).ConfigureAwait(false);
        }
        finally
        {
            await lifecycle.CloseAsync().ConfigureAwait(false);
        }
    }

    private async Task FetchAllAsync(JobContext job)
    {
        var completion = new CompletionHandler(job);
        var planner = new JobPlanner(job, completion);
        var completing = completion.CompleteStudiesAsync();
        var transfer = new TransferDispatcher(job, planner, completion);
        using var stopping = job.Control.Stopped.Register(job.Queue.Stop);
        try
        {
            await Task.WhenAll(job.OrEndAsync(PlanAsync(job, planner)), job.OrEndAsync(transfer.RunAsync())).ConfigureAwait(false);
        }
        finally
        {
            await job.Prefetch.DisposeAsync().ConfigureAwait(false);
            try
            {
                await planner.EditsAsync().ConfigureAwait(false);
            }
            finally
            {
                completion.Complete();
                await completing.ConfigureAwait(false);
            }
        }
    }

    private async Task PlanAsync(JobContext job, JobPlanner planner)
    {
        if (await planner.PlanAsync(source(job.Catalog)).ConfigureAwait(false))
        {
            var stats = job.Tally.CompletePlanning();
            Planned?.Invoke(stats);
        }
    }
}
