using System.Threading.Channels;

namespace CodRetrieve.Jobs;

/// <summary>
/// Brings series and studies to their end: tells what came of them, and has the save handler close each study, one at a time beside the
/// transfer of the others.
/// </summary>
internal sealed class CompletionHandler(JobContext job)
{
    // A handler that closes studies more slowly than they arrive (zips on a slow disk) slows the transfer down after this many.
    private const int MaxWaitingStudies = 4;

    private readonly Channel<StudyRun> _studies = Channel.CreateBounded<StudyRun>(MaxWaitingStudies);

    /// <summary>Ends a series that has nothing left to do.</summary>
    public async ValueTask CloseAsync(SeriesRun run)
    {
        await job.Events.ProgressEndedAsync(run.Progress).ConfigureAwait(false);
        if (run.Progress.BytesTotal > 0 && run.HasArrived)
        {
            await job.Events.DownloadedAsync(run).ConfigureAwait(false);
            if (!run.HasFailures)
            {
                await job.Events.ExtractedAsync(run).ConfigureAwait(false);
            }
        }

        job.Report.Close(run);
        job.Totals.AddEndedSeries();
        await CloseAsync(run.Study).ConfigureAwait(false);
    }

    /// <summary>Ends a study's listing or one of its series; the last end closes the study.</summary>
    public async ValueTask CloseAsync(StudyRun study)
    {
        if (study.Close())
        {
            await _studies.Writer.WriteAsync(study, job.Stopping).ConfigureAwait(false);
        }
    }

    public async ValueTask StudyFailedAsync(string study, Exception cause)
    {
        job.StopIfFatal(cause);
        var failure = RetrievalFailure.OfStudy(job.Catalog.GetUri(study), study, cause);
        job.Report.AddStudyFailure(failure);
        await job.Events.ErrorAsync(failure).ConfigureAwait(false);
    }

    /// <summary>Says that no further study will be closed.</summary>
    public void Complete() => _studies.Writer.TryComplete();

    /// <summary>Closes studies until <see cref="Complete"/> was called and all are closed.</summary>
    public async Task CloseStudiesAsync()
    {
        await foreach (var study in _studies.Reader.ReadAllAsync(job.Stopping).ConfigureAwait(false))
        {
            try
            {
                job.Space.Leave(study);
                await job.Handler.CompleteStudyAsync(study.Info, job.Stopping).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever a save handler throws is the cause of this study's failure.
            catch (Exception e)
#pragma warning restore CA1031
            {
                job.Stopping.ThrowIfCancellationRequested();
                await StudyFailedAsync(study.StudyInstanceUid, e).ConfigureAwait(false);
            }
        }
    }
}
