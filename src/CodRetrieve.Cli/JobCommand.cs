using System.Diagnostics;
using CodRetrieve.Cli.Input;
using CodRetrieve.Cli.Output;

namespace CodRetrieve.Cli;

/// <summary>A command that runs one job and reports what became of it.</summary>
internal abstract class JobCommand(Request request, Terminal terminal)
{
    private readonly bool _hasBar = ProgressViews.HasBar(request, terminal);
    private readonly long _started = Stopwatch.GetTimestamp();
    private JobResult? _result;

    protected Request Request => request;

    protected Terminal Terminal => terminal;

    protected TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var errors = new ErrorLines(terminal.Error, hold: _hasBar);
        try
        {
            var session = await Session.OpenAsync(request, terminal, cancellationToken).ConfigureAwait(false);
            await using var closing = session.ConfigureAwait(false);
            var job = TryCreate(session);
            using var report = request.Report is { } file ? InstanceReports.Create(file, request.Columns, session.ColumnOf) : null;
            using var failed = request.FailedList is { } list ? FailedList.Create(list) : null;
            await RunAsync(session, job, errors, report, failed, cancellationToken).ConfigureAwait(false);
            await CompleteAsync(report, cause: null).ConfigureAwait(false);
            failed?.Complete(session.Studies, _result);
            return Report(session, errors);
        }
        catch (UsageException e)
        {
            errors.Add(e.Message);
            errors.End();
            return ExitCode.Usage;
        }
#pragma warning disable CA1031 // The end of the line: whatever it is, it is reported.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Write(Elapsed, e);
            errors.Add(ErrorText.TextWithNextStep(e, request, terminal.Environment));
            errors.End();
            return ExitCode.Of(e);
        }
    }

    /// <summary>The job; <see langword="null"/> where <see cref="FindSavedAsync"/> is asked in its place.</summary>
    /// <exception cref="UsageException">It cannot be made of what was given.</exception>
    protected abstract Job? TryCreate(Session session);

    /// <summary>What a job would have found that cannot run.</summary>
    protected virtual Task<JobResult> FindSavedAsync(Session session, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>What is about to be done, for people.</summary>
    protected abstract string Intent(string studies, BucketChoice bucket);

    /// <summary>What to say of a study that another process is saving.</summary>
    protected abstract string BusyText(string study, string holder);

    /// <summary>Whether another run goes on where this one ended.</summary>
    protected virtual bool IsResumed => true;

    /// <summary>What the summary ends with; <see langword="null"/> for nothing.</summary>
    protected virtual string? LastLine => null;

    /// <summary>What became of instances that were sent; <see langword="null"/> where none was.</summary>
    protected virtual DeliveryReport? Delivery => null;

    private async Task RunAsync(Session session, Job? job, ErrorLines errors, IInstanceReport? report, FailedList? failed, CancellationToken cancellationToken)
    {
        try
        {
            await (job is null ? TakeSavedAsync(session, cancellationToken) : RunJobAsync(session, job, errors, report, cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not UsageException)
        {
            await CompleteAfterAsync(e, session, report, failed, errors).ConfigureAwait(false);
            throw;
        }
    }

    // What ended the download says more than what became of its reports.
    private async Task CompleteAfterAsync(Exception cause, Session session, IInstanceReport? report, FailedList? failed, ErrorLines errors)
    {
        try
        {
            await CompleteAsync(report, cause).ConfigureAwait(false);
            failed?.Complete(session.Studies, _result);
        }
        catch (DestinationException e)
        {
            errors.Add(e.Message);
        }
    }

    private Task CompleteAsync(IInstanceReport? report, Exception? cause) => report?.CompleteAsync(_result, cause) ?? Task.CompletedTask;

    private async Task RunJobAsync(Session session, Job job, ErrorLines errors, IInstanceReport? report, CancellationToken cancellationToken)
    {
        job.Completed += (_, args) => _result = args.Result;
        job.Error += (_, args) =>
        {
            // What ends the job as a whole is reported at the end.
            if (args.Failure.StudyInstanceUid is not null)
            {
                errors.Add(args.Failure);
            }
        };
        report?.Follow(job);
        if (!request.Json && !request.Quiet)
        {
            terminal.Out.WriteLine(Intent(session.All is null ? Pluralizer.Of(session.Studies.Count, "study") : "all studies", session.Bucket));
        }

        using var stopping = request.StopAfter is { } time ? new Timer(_ => _ = job.StopAsync(), null, time, Timeout.InfiniteTimeSpan) : null;
        await ProgressViews.ForDownload(request, terminal).ShowAsync(job, progress => job.RunAsync(progress, cancellationToken)).ConfigureAwait(false);
    }

    private async Task TakeSavedAsync(Session session, CancellationToken cancellationToken) => _result = await FindSavedAsync(session, cancellationToken).ConfigureAwait(false);

    private int Report(Session session, ErrorLines errors)
    {
        var result = _result!;
        if (result.Outcome == JobOutcome.Complete)
        {
            session.All?.ThrowIfNone();
        }

        Write(result.Elapsed, cause: null);
        if (!request.Quiet)
        {
            foreach (var warning in result.Series.SelectMany(series => series.Warnings))
            {
                errors.Warn(warning);
            }

            if (result.InstancesUnverified > 0)
            {
                errors.Warn($"The index gives no CRC32C for {Pluralizer.Of(result.InstancesUnverified, "instance")}: their size was checked, and the CRC32C of the tar where the store lists one.");
            }
        }

        foreach (var study in result.MissingStudies)
        {
            errors.Add(MissingStudy.Text(study, session.Bucket));
        }

        foreach (var study in result.BusyStudies)
        {
            var holder = result.BusyStudyHolders.TryGetValue(study, out var name) ? $" ({name})" : "";
            errors.Add(BusyText(study, holder));
        }

        errors.End();
        return ExitCode.WithProblems(ExitCode.Of(result, session.Studies.Count), session, errors);
    }

    private void Write(TimeSpan elapsed, Exception? cause)
    {
        if (request.Json)
        {
            Json.Write(terminal.Out, DownloadReport.Of(_result, elapsed, cause, Delivery), Json.Default.DownloadReport);
        }
        else if (!request.Quiet && _result is not null)
        {
            DownloadSummary.Write(terminal.Out, _result, framed: _hasBar, IsResumed);
            if (LastLine is { } line)
            {
                terminal.Out.WriteLine(line);
            }
        }
    }
}
