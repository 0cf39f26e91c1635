using CodRetrieve.Catalog;
using CodRetrieve.Planning;

namespace CodRetrieve.Jobs;

/// <summary>Turns the studies asked for into series to fetch, a few at a time and ahead of the transfer.</summary>
internal sealed class StudyPlanner(JobContext job, SeriesCloser closer)
{
    // Together more than a job's connections, so that these wait for the store and not the store for them.
    private const int StudiesAtOnce = 4;
    private const int SeriesAtOnce = 4;

    public async Task PlanAsync(IReadOnlyList<string> studies)
    {
        try
        {
            await Parallel.ForEachAsync(studies, Options(StudiesAtOnce), (study, _) => PlanStudyAsync(study)).ConfigureAwait(false);
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
        var content = await job.Catalog.ReadSeriesAsync(listing, job.Stopping).ConfigureAwait(false);
        var (survey, unknown) = await SurveyAsync(content).ConfigureAwait(false);
        var run = new SeriesRun(study, survey);
        if (unknown is not null)
        {
            // Without knowing what is there, fetching all of it again could be wrong in many ways.
            await job.FailAsync(run, RetrievalFailure.Of(run.Series, run.Series.Instances.Count, survey.BytesTotal, unknown)).ConfigureAwait(false);
        }

        foreach (var problem in content.Index?.Problems ?? [])
        {
            await job.FailAsync(run, RetrievalFailure.Of(run.Series, 1, null, problem)).ConfigureAwait(false);
        }

        if (run.Survey.Failure is { } failure)
        {
            await job.FailAsync(run, RetrievalFailure.Of(run.Series, run.InstancesWanted, run.BytesWanted, failure)).ConfigureAwait(false);
        }

        foreach (var instance in run.BeyondTar)
        {
            var cause = new CodFormatException($"{instance.Uri}: the tar ends before this instance; it is older than the index, whose writer is at work or died.");
            await job.FailAsync(run, RetrievalFailure.Of(instance, cause)).ConfigureAwait(false);
        }

        if (run.IsEnded)
        {
            await closer.CloseAsync(run).ConfigureAwait(false);
        }
        else
        {
            await job.Queue.AddAsync(run, job.Stopping).ConfigureAwait(false);
        }
    }

    // Gives what the save handler threw, where it did, with a survey that wants nothing.
    private async ValueTask<(SeriesSurvey Survey, Exception? Unknown)> SurveyAsync(SeriesContent content)
    {
        if (content.Index is null)
        {
            return (SeriesSurvey.Create(content, static _ => false), null);
        }

        try
        {
            var saved = await job.Handler.FindSavedAsync(content.Series, job.Stopping).ConfigureAwait(false);
            return (SeriesSurvey.Create(content, instance => saved.Contains(instance.SopInstanceUid)), null);
        }
#pragma warning disable CA1031 // Whatever a save handler throws is the cause of this series' failure.
        catch (Exception e)
#pragma warning restore CA1031
        {
            job.Stopping.ThrowIfCancellationRequested();
            job.StopIfFatal(e);
            return (SeriesSurvey.Create(content, static _ => true), e);
        }
    }

    private ParallelOptions Options(int atOnce) => new() { MaxDegreeOfParallelism = atOnce, CancellationToken = job.Stopping };
}
