using System.Diagnostics;
using CodRetrieve.Cli.Output;

namespace CodRetrieve.Cli;

/// <summary><c>cod-retrieve download</c></summary>
internal sealed class DownloadCommand(Request request, Terminal terminal)
{
    private readonly bool _hasBar = ProgressViews.HasBar(request, terminal);
    private readonly long _started = Stopwatch.GetTimestamp();
    private JobResult? _result;
    private DestinationException? _notWritable;

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
            Write(Stopwatch.GetElapsedTime(_started), e);
            errors.Add(ErrorText.TextWithNextStep(e, request, terminal.Environment));
            errors.End();
            return ExitCode.Of(e);
        }
    }

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
            var form = request.Zip ? "as zips into" : "into";
            var studies = session.All is null ? Pluralizer.Of(session.Studies.Count, "study") : "all studies";
            terminal.Out.WriteLine($"Retrieving {studies} of {session.Bucket} {form} {Path.GetFullPath(request.Directory!)}");
        }

        using var stopping = request.StopAfter is { } time ? new Timer(_ => _ = job.StopAsync(), null, time, Timeout.InfiniteTimeSpan) : null;
        await ProgressViews.ForDownload(request, terminal).ShowAsync(job, progress => job.RunAsync(progress, cancellationToken)).ConfigureAwait(false);
    }

    // None where the directory is there and cannot be written: then there may be nothing to fetch.
    private Job? TryCreate(Session session)
    {
        try
        {
            session.Cod.InitDirectory(request.Directory!);
            return session.All is { } all ? session.Cod.CreateJob(all.ListAsync(), request.Format, session.Selection) : session.Cod.CreateJob(session.Studies, request.Format, session.Selection);
        }
        catch (ArgumentException e)
        {
            throw UsageException.From(e);
        }
        catch (DestinationException e) when (e.Reason == DestinationFailure.NotWritable && Directory.Exists(request.Directory))
        {
            _notWritable = e;
            return null;
        }
    }

    // What a job would have found, in a directory that cannot be written and has everything.
    private async Task TakeSavedAsync(Session session, CancellationToken cancellationToken)
    {
        session.Cod.InitDirectory(request.Directory!, readOnly: true);
        await session.ReadStudiesAsync(cancellationToken).ConfigureAwait(false);
        var stats = await session.Cod.GetStatsAsync(session.Studies, request.Format, session.Selection, cancellationToken).ConfigureAwait(false);
        if (stats.Series.Count == 0 || stats.Series.Any(series => !series.IsSaved) || stats.StudyFailures.Count + stats.MissingStudies.Count > 0)
        {
            throw _notWritable!;
        }

        var series = stats.Series.Select(one => CodModelFactory.SeriesResult(
            CodModelFactory.Series(one.StudyInstanceUid, one.SeriesInstanceUid), SeriesOutcome.AlreadySaved, instancesSkipped: one.InstancesSaved, warnings: one.Warnings));
        _result = CodModelFactory.JobResult(series: [.. series], elapsed: Stopwatch.GetElapsedTime(_started), completedStudies: session.Studies);
    }

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
            errors.Add($"The study {study} was not retrieved: another process is saving it into {Path.GetFullPath(request.Directory!)}{holder}. Run again when that has ended, or wait longer with --lock-timeout.");
        }

        errors.End();
        return ExitCode.WithProblems(ExitCode.Of(result, session.Studies.Count), session, errors);
    }

    private void Write(TimeSpan elapsed, Exception? cause)
    {
        if (request.Json)
        {
            Json.Write(terminal.Out, DownloadReport.Of(_result, elapsed, cause), Json.Default.DownloadReport);
        }
        else if (!request.Quiet && _result is not null)
        {
            DownloadSummary.Write(terminal.Out, _result, framed: _hasBar);
        }
    }
}
