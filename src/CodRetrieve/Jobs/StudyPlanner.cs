using CodRetrieve.Catalog;
using CodRetrieve.Diagnostics;
using CodRetrieve.Planning;

namespace CodRetrieve.Jobs;

/// <summary>Turns the studies asked for into series to fetch, a few at a time and ahead of the transfer.</summary>
internal sealed class StudyPlanner(JobContext job, CompletionHandler closer)
{
    // Together more than a job's connections, so that these wait for the store and not the store for them.
    private const int StudiesAtOnce = 4;
    private const int SeriesAtOnce = 4;

    public async Task PlanAsync(IReadOnlyList<string> studies)
    {
        try
        {
            await Parallel.ForEachAsync(studies, Options(StudiesAtOnce), (study, _) => PlanStudyAsync(study)).ConfigureAwait(false);
            job.Totals.Planned();
        }
        finally
        {
            job.Queue.CompleteAdding();
        }
    }

    private async ValueTask PlanStudyAsync(string study)
    {
        StudyListing listing;
        try
        {
            listing = await job.Catalog.ListStudyAsync(study, job.Stopping).ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (e.Reason == ObjectStoreFailure.NotFound)
        {
            // A study that does not exist lists as empty; "not found" is the bucket.
            job.Stop(e);
            throw;
        }
        catch (CodRetrieveException e)
        {
            await closer.StudyFailedAsync(study, e).ConfigureAwait(false);
            return;
        }

        if (!listing.Exists)
        {
            job.Report.AddMissingStudy(study);
            return;
        }

        var run = new StudyRun(study);
        foreach (var problem in listing.Problems)
        {
            run.AddFailure();
            await closer.StudyFailedAsync(study, problem).ConfigureAwait(false);
        }

        await Parallel.ForEachAsync(listing.Series, Options(SeriesAtOnce), (series, _) => PlanSeriesAsync(run, series)).ConfigureAwait(false);
        await closer.CloseAsync(run).ConfigureAwait(false);
    }

    private async ValueTask PlanSeriesAsync(StudyRun study, SeriesListing listing)
    {
        study.AddSeries();
        var run = await SurveyAsync(study, listing, null).ConfigureAwait(false);
        if (run.IsEnded)
        {
            await closer.CloseAsync(run).ConfigureAwait(false);
        }
        else
        {
            job.Space.Check(study);
            await job.Queue.AddAsync(run, job.Stopping).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Reads and plans a series anew whose tar changed under the job. What is saved stays, where size and CRC32C are still those listed.
    /// </summary>
    public async Task PlanAgainAsync(SeriesRun abandoned)
    {
        Log.SeriesChanged(job.Logger, abandoned.Series.TarUri);
        var listing = await FindAgainAsync(abandoned).ConfigureAwait(false);
        var second = await SurveyAsync(abandoned.Study, listing, abandoned).ConfigureAwait(false);
        job.Space.Check(abandoned.Study);
        job.Queue.Replace(abandoned, second);
        if (second.IsEnded)
        {
            await closer.CloseAsync(second).ConfigureAwait(false);
        }
    }

    // One that is not listed now is tried once more as it was listed first, and then fails with what its objects answer.
    private async Task<SeriesListing> FindAgainAsync(SeriesRun abandoned)
    {
        try
        {
            var listing = await job.Catalog.ListStudyAsync(abandoned.Study.StudyInstanceUid, job.Stopping).ConfigureAwait(false);
            if (listing.Series.FirstOrDefault(series => series.Series.SeriesInstanceUid == abandoned.Series.SeriesInstanceUid) is { } found)
            {
                return found;
            }
        }
        catch (CodRetrieveException e)
        {
            job.StopIfFatal(e);
            Log.SeriesNotListedAgain(job.Logger, abandoned.Series.TarUri, e.Message);
        }

        return abandoned.Survey.Content.Listing;
    }

    private async ValueTask<SeriesRun> SurveyAsync(StudyRun study, SeriesListing listing, SeriesRun? before)
    {
        var content = await job.Catalog.ReadSeriesAsync(listing, job.Stopping).ConfigureAwait(false);
        var (survey, unknown) = await SurveyAsync(content, before).ConfigureAwait(false);
        var run = new SeriesRun(study, survey, before);
        job.Report.Open(run, before);
        job.Totals.AddSeries(run, before);
        if (unknown is not null)
        {
            // Without knowing what is there, fetching all of it again could be wrong in many ways.
            await job.FailAsync(run, RetrievalFailure.Of(run.Series, run.Series.Instances.Count, survey.BytesTotal, unknown)).ConfigureAwait(false);
        }

        foreach (var problem in content.Index?.Problems ?? [])
        {
            await job.FailAsync(run, RetrievalFailure.Of(run.Series, 1, null, problem)).ConfigureAwait(false);
        }

        if (survey.Failure is { } failure)
        {
            await job.FailAsync(run, RetrievalFailure.Of(run.Series, run.InstancesWanted, survey.BytesWanted, failure)).ConfigureAwait(false);
        }

        foreach (var instance in run.BeyondTar)
        {
            var cause = new CodFormatException($"{instance.Uri}: the tar ends before this instance; it is older than the index, whose writer is at work or died.");
            await job.FailAsync(run, RetrievalFailure.Of(instance, cause)).ConfigureAwait(false);
        }

        return run;
    }

    // Gives what the save handler threw, where it did, with a survey that wants nothing.
    private async ValueTask<(SeriesDelta Survey, Exception? Unknown)> SurveyAsync(SeriesContent content, SeriesRun? before)
    {
        if (content.Index is null)
        {
            return (SeriesDelta.Create(content, static _ => false), null);
        }

        try
        {
            var saved = await job.Handler.FindSavedAsync(content.Series, job.Stopping).ConfigureAwait(false);
            var replaced = Replaced(content, before);
            return (SeriesDelta.Create(content, instance => saved.Contains(instance.SopInstanceUid) && !replaced.Contains(instance.SopInstanceUid)), null);
        }
#pragma warning disable CA1031 // Whatever a save handler throws is the cause of this series' failure.
        catch (Exception e)
#pragma warning restore CA1031
        {
            job.Stopping.ThrowIfCancellationRequested();
            job.StopIfFatal(e);
            return (SeriesDelta.Create(content, static _ => true), e);
        }
    }

    // Instances that this job saved from the tar before, and that the store now lists with other bytes; or with none to compare, where the
    // CRC32C came from proving the tar that is gone.
    private static HashSet<string> Replaced(SeriesContent content, SeriesRun? before)
    {
        var savedBefore = before?.SavedInstances().ToDictionary(instance => instance.SopInstanceUid, StringComparer.Ordinal) ?? [];
        return content.Series.Instances
            .Where(instance => savedBefore.TryGetValue(instance.SopInstanceUid, out var old) && old.ExpectedCrc32c != instance.Crc32c)
            .Select(instance => instance.SopInstanceUid)
            .ToHashSet(StringComparer.Ordinal);
    }

    private ParallelOptions Options(int atOnce) => new() { MaxDegreeOfParallelism = atOnce, CancellationToken = job.Stopping };
}
