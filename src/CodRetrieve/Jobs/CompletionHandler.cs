using System.Threading.Channels;
using CodRetrieve.Saving;

namespace CodRetrieve.Jobs;

/// <summary>
/// Ends series and studies: reports what came of them, and has the save handler complete each study beside the transfer of the others: one at a time, but
/// for handlers that can do more.
/// </summary>
internal sealed class CompletionHandler(JobContext job)
{
    // A handler that completes studies more slowly than they arrive (zips on a slow disk) applies back-pressure after this many.
    private const int MaxWaitingStudies = 4;

    private readonly Channel<StudyRun> _studies = Channel.CreateBounded<StudyRun>(MaxWaitingStudies);

    /// <summary>Ends a series that has nothing left to do.</summary>
    public async ValueTask CloseAsync(SeriesRun run)
    {
        await job.Events.AddLastProgressAsync(run.Tally.Progress).ConfigureAwait(false);
        foreach (var failure in run.Tally.Failures)
        {
            run.Study.AddFailure(failure);
            await job.Events.AddAsync(new JobErrorEventArgs(failure)).ConfigureAwait(false);
        }

        job.Tally.Close(run);
        job.ReadAhead.Exit(run.RecordBytes);
        await CloseAsync(run.Study).ConfigureAwait(false);
    }

    /// <summary>Ends a study's listing or one of its series; the last end completes the study.</summary>
    public async ValueTask CloseAsync(StudyRun study)
    {
        if (study.Close())
        {
            await _studies.Writer.WriteAsync(study, job.Ending).ConfigureAwait(false);
        }
    }

    /// <summary>Says that no further study will end.</summary>
    public void Complete() => _studies.Writer.TryComplete();

    /// <summary>Completes studies until <see cref="Complete"/> was called and all are completed.</summary>
    public Task CompleteStudiesAsync() =>
        Task.WhenAll(Enumerable.Range(0, job.Handler is IConcurrentCompletions handler ? handler.MaxCompletions : 1).Select(_ => job.OrEndAsync(CompleteAsync())));

    private async Task CompleteAsync()
    {
        // Without a token: a job that is cancelled while its last study is completed has done everything.
        await foreach (var study in _studies.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await job.Control.Gate.EnterAsync(job.Ending).ConfigureAwait(false);
            try
            {
                job.Ending.ThrowIfCancellationRequested();
                job.Space.Leave(study);
                var info = study.Info;
                await job.Handler.CompleteStudyAsync(info, job.Ending).ConfigureAwait(false);
                if (info.IsComplete)
                {
                    job.Tally.AddCompletedStudy(study.StudyInstanceUid);
                }
            }
#pragma warning disable CA1031 // Whatever a save handler throws is the cause of this study's failure.
            catch (Exception e)
#pragma warning restore CA1031
            {
                job.Ending.ThrowIfCancellationRequested();
                await job.AddStudyFailureAsync(study.StudyInstanceUid, e).ConfigureAwait(false);
            }
            finally
            {
                job.Control.Gate.Exit();
            }
        }
    }
}
