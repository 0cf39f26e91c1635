using System.Collections.Concurrent;
using CodRetrieve.Catalog;
using CodRetrieve.Diagnostics;
using CodRetrieve.IO;
using CodRetrieve.Planning;
using CodRetrieve.Saving;
using CodRetrieve.Selecting;

namespace CodRetrieve.Jobs;

/// <summary>Turns the studies of a catalog into series to fetch, a few at a time and ahead of the transfer.</summary>
internal sealed class JobPlanner(JobContext job, CompletionHandler completion) : ICatalogVisitor<JobPlanner.PlannedStudy>
{
    // Often enough to follow another job's studies, seldom enough not to list them all the time.
    private static readonly TimeSpan MaxBusyWait = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan MaxEditInterval = TimeSpan.FromSeconds(10);

    /// <summary>What the planner keeps of a study while its series are read.</summary>
    internal sealed record PlannedStudy(StudyRequest Request, StudyRun Run);

    private readonly Func<SeriesInfo, CancellationToken, ValueTask<SeriesHoldings>> _findSaved = job.Handler.FindSaved();

    private readonly ConcurrentQueue<Task> _edits = [];

    // Studies that another job was saving when their turn came.
    private readonly ConcurrentQueue<string> _busy = new();

    /// <summary>Plans all studies.</summary>
    /// <returns><see langword="false"/> when the job was stopped before all were planned.</returns>
    public async Task<bool> PlanAsync(ICatalogSource source)
    {
        job.Objects.Budget.IsMetadataExpected = true;
        using var planning = CancellationTokenSource.CreateLinkedTokenSource(job.Ending, job.Control.Stopped);
        try
        {
            await source.VisitAsync(this, planning.Token).ConfigureAwait(false);
            await PlanBusyAsync(planning.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (job.Control.Stopped.IsCancellationRequested && !job.Ending.IsCancellationRequested)
        {
            // What was not planned yet is left for the next job.
            return false;
        }
        finally
        {
            job.Objects.Budget.IsMetadataExpected = false;
            job.Queue.CompleteAdding();
        }
    }

    public ValueTask StudyMissingAsync(StudyRequest study, CancellationToken cancellationToken)
    {
        job.Tally.AddMissingStudy(study.StudyInstanceUid);
        return ValueTask.CompletedTask;
    }

    public ValueTask StudyFailedAsync(StudyRequest study, CodRetrieveException cause, CancellationToken cancellationToken) =>
        job.AddStudyFailureAsync(study.StudyInstanceUid, cause);

    public async ValueTask<PlannedStudy?> StudyListedAsync(StudyRequest study, StudyListing listing, CancellationToken cancellationToken)
    {
        var uid = study.StudyInstanceUid;
        if (job.Handler is ISaveHandlerLifecycle lifecycle && !await lifecycle.TryBeginStudyAsync(uid, cancellationToken).ConfigureAwait(false))
        {
            Log.StudyBusy(job.Logger, uid);
            _busy.Enqueue(uid);
            return null;
        }

        var run = new StudyRun(uid, new CoalescedOperation<StudyListing>(() => job.Catalog.ListStudyAsync(uid, job.Ending)))
        {
            IsNew = InnermostHandler.Of(job.Handler) is DirectorySaveHandler handler && handler.HasNothingOf(uid),
        };
        job.Tally.AddLeftOut(new LeftOutCount(listing.LeftOut.Count, 0, 0));
        foreach (var problem in listing.Problems)
        {
            run.AddFailure(RetrievalFailure.OfStudy(job.Catalog.GetUri(uid), uid, problem));
            await job.AddStudyFailureAsync(uid, problem).ConfigureAwait(false);
        }

        return new PlannedStudy(study, run);
    }

    public async ValueTask SeriesListedAsync(PlannedStudy study, SeriesListing series, CancellationToken cancellationToken)
    {
        await job.ReadAhead.EnterAsync(ReadAhead.BytesOf(series), cancellationToken).ConfigureAwait(false);
        // Of a series that is fetched in part, its tar would be too much.
        if (study.Run.IsNew && job.Selection is not { IsPartial: true } && job.Catalog.FindProblem(series).Failure is null)
        {
            job.Prefetch.Begin(series, job.Ending);
        }
    }

    public async ValueTask SeriesReadAsync(PlannedStudy study, int position, SeriesContent content, CancellationToken cancellationToken)
    {
        await job.Control.Gate.EnterAsync(cancellationToken).ConfigureAwait(false);
        SeriesRun run;
        try
        {
            study.Run.AddSeries();
            run = await PlanAsync(study.Run, content, null, cancellationToken).ConfigureAwait(false);
            job.Tally.Open(run);
            job.Tally.AddStats(study.Request.Position, position, run.Delta.ToStats(keepsInstances: false));
        }
        finally
        {
            job.Control.Gate.Exit();
        }

        job.ReadAhead.Exchange(ReadAhead.BytesOf(content.Listing), run.RecordBytes);
        foreach (var instance in job.WantsSkipped ? run.Delta.AlreadySaved : [])
        {
            await job.Events.AddAsync(new InstanceSkippedEventArgs(instance, run.Delta.LocationOf(instance))).ConfigureAwait(false);
        }

        if (run.IsAwaitingEdit)
        {
            // Keeps its place in the queue, although there is nothing to hand out yet.
            job.Queue.Add(run);
            AwaitEdit(run);
        }
        else if (run.Work.IsEnded)
        {
            await job.Prefetch.DropAsync(content.Listing).ConfigureAwait(false);
            await completion.CloseAsync(run).ConfigureAwait(false);
        }
        else
        {
            job.Space.Check(study.Run);
            job.Queue.Add(run);
        }
    }

    public ValueTask SeriesHeldAsync(PlannedStudy study, SeriesContent content, CancellationToken cancellationToken)
    {
        job.ReadAhead.Exit(ReadAhead.BytesOf(content.Listing));
        return ValueTask.CompletedTask;
    }

    public ValueTask SeriesLeftOutAsync(PlannedStudy study, SeriesContent content, CancellationToken cancellationToken)
    {
        job.ReadAhead.Exit(ReadAhead.BytesOf(content.Listing));
        job.Tally.AddLeftOut(content.ToLeftOut());
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits beside the transfer of other series until a series is edited to its end, and plans it again; see <see cref="EditsAsync"/>.</summary>
    public void AwaitEdit(SeriesRun run) => _edits.Enqueue(job.OrEndAsync(AwaitEditAsync(run)));

    /// <summary>Waits until nothing waits for an edit any more. Called when no series is left in the queue.</summary>
    public Task EditsAsync() => Task.WhenAll(_edits);

    public ValueTask StudyReadAsync(PlannedStudy study, CancellationToken cancellationToken) => completion.CloseAsync(study.Run);

    /// <summary>Reads and plans a series again whose tar changed under the job. What the job saved of it stays, where it is still what the store lists.</summary>
    public async Task PlanAgainAsync(SeriesRun abandoned)
    {
        Log.SeriesChanged(job.Logger, abandoned.Series.TarUri);
        await PlanAgainAsync(abandoned, await ListAgainAsync(abandoned).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task AwaitEditAsync(SeriesRun run)
    {
        var (time, timeout) = (job.Options.TimeProvider, job.Options.EditWaitTimeout);
        Log.SeriesEdited(job.Logger, run.Series.TarUri, timeout.TotalSeconds);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(job.Ending, job.Control.Stopped);
        try
        {
            var before = run.Delta.Content.Listing;
            SeriesListing now;
            for (var wait = TimeSpan.FromMilliseconds(250); ; wait = wait * 2 < MaxEditInterval ? wait * 2 : MaxEditInterval)
            {
                var left = timeout - time.GetElapsedTime(run.EditNoticed!.Value);
                if (left > TimeSpan.Zero)
                {
                    // Timers count whole milliseconds: the rest of one would not be waited for.
                    await Task.Delay(wait < left ? wait : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time, waiting.Token).ConfigureAwait(false);
                }

                now = await ListAgainAsync(run).ConfigureAwait(false);
                if (left <= TimeSpan.Zero || !now.HasYoungLock(time.GetUtcNow())
                    || (now.Tar?.Generation, now.Index?.Generation) != (before.Tar?.Generation, before.Index?.Generation))
                {
                    break;
                }
            }

            await job.Control.Gate.EnterAsync(waiting.Token).ConfigureAwait(false);
            try
            {
                await PlanAgainAsync(run, now).ConfigureAwait(false);
            }
            finally
            {
                job.Control.Gate.Exit();
            }
        }
        catch (OperationCanceledException) when (job.Control.Stopped.IsCancellationRequested && !job.Ending.IsCancellationRequested)
        {
            // Left for the next job, as all that had not begun.
        }
    }

    private async Task PlanAgainAsync(SeriesRun abandoned, SeriesListing listing)
    {
        var content = await job.Catalog.ReadSeriesAsync(listing, job.Ending).ConfigureAwait(false);
        if (job.Selection is { } selection)
        {
            // What was wanted as a whole for the sake of its study stays so.
            content = selection.Select(content, isWidened: selection.DecidesByStudy && abandoned.Delta.Content.InstancesNotSelected == 0);
        }

        var again = await PlanAsync(abandoned.Study, content, abandoned, job.Ending).ConfigureAwait(false);
        job.Tally.Replace(abandoned, again);
        job.ReadAhead.Exchange(abandoned.RecordBytes, again.RecordBytes);
        job.Space.Check(abandoned.Study);
        if (job.Queue.Replace(abandoned, again))
        {
            await completion.CloseAsync(again).ConfigureAwait(false);
        }
        else if (again.IsAwaitingEdit)
        {
            AwaitEdit(again);
        }
    }

    // Those that another job is saving come last, and are read again: that job may have saved them.
    private async Task PlanBusyAsync(CancellationToken cancellationToken)
    {
        var (time, timeout) = (job.Options.TimeProvider, job.Options.LockTimeout);
        var started = time.GetTimestamp();
        var wait = TimeSpan.FromMilliseconds(100);
        while (!_busy.IsEmpty && time.GetElapsedTime(started) < timeout)
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            wait = wait * 2 < MaxBusyWait ? wait * 2 : MaxBusyWait;
            var studies = new List<string>();
            while (_busy.TryDequeue(out var study))
            {
                studies.Add(study);
            }

            ICatalogSource again = new CatalogEnumeration(job.Catalog, studies, job.Options.MaxConnections);
            await (job.Selection is null ? again : new SelectingSource(again, job.Selection)).VisitAsync(this, cancellationToken).ConfigureAwait(false);
        }

        foreach (var study in _busy)
        {
            job.Tally.AddBusyStudy(study, (InnermostHandler.Of(job.Handler) as DirectorySaveHandler)?.HolderOf(study));
        }
    }

    // One that is not listed now is tried once more as it was listed first, and then fails with what its objects respond.
    private async Task<SeriesListing> ListAgainAsync(SeriesRun abandoned)
    {
        try
        {
            var study = await abandoned.Study.Relisting.RunAsync().ConfigureAwait(false);
            if (study.Series.FirstOrDefault(series => series.Series.SeriesInstanceUid == abandoned.Series.SeriesInstanceUid) is { } found)
            {
                return found;
            }
        }
        catch (CodRetrieveException e)
        {
            job.ThrowIfFatal(e);
            Log.SeriesNotListedAgain(job.Logger, abandoned.Series.TarUri, e.Message);
        }

        return abandoned.Delta.Content.Listing;
    }

    private async ValueTask<SeriesRun> PlanAsync(StudyRun study, SeriesContent content, SeriesRun? abandoned, CancellationToken cancellationToken)
    {
        var delta = await SeriesDelta.CreateAsync(content, _findSaved, abandoned?.Ledger, cancellationToken).ConfigureAwait(false);
        var run = new SeriesRun(job, study, delta, abandoned);
        if (delta.DestinationError is { } error)
        {
            // Without knowing what is there, fetching all of it again could be wrong in many ways.
            job.ThrowIfFatal(error);
            run.Tally.AddFailure(RetrievalFailure.Of(run.Series, content.Selected.Count, delta.BytesTotal, error));
        }

        foreach (var problem in content.Index?.Problems ?? [])
        {
            run.Tally.AddFailure(RetrievalFailure.Of(run.Series, 1, null, problem));
        }

        if (delta.Failure is { } failure)
        {
            run.Tally.AddFailure(RetrievalFailure.Of(run.Series, delta.Wanted.Count, delta.BytesWanted, failure));
        }

        if (run.Work.BeyondTar.Count == 0 || run.TryAwaitEdit())
        {
            return run;
        }

        foreach (var instance in run.Work.BeyondTar)
        {
            run.Fail(instance, new CodFormatException($"{instance.Uri}: the tar ends before this instance. It is older than its index, whose writer is at work or died."));
        }

        return run;
    }
}
