using System.Diagnostics;
using CodRetrieve.Cli.Output;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Cli;

/// <summary><c>cod-retrieve download</c></summary>
internal sealed class DownloadCommand(Request request, Terminal terminal)
{
    // Log lines would go through the middle of a bar.
    private readonly bool _hasBar = terminal.IsInteractive && !request.Json && !request.Quiet && request.LogLevel == LogLevel.None;
    private JobResult? _result;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var errors = new ErrorLines(terminal.Error, hold: _hasBar);
        try
        {
            var session = await Session.OpenAsync(request, terminal, cancellationToken).ConfigureAwait(false);
            await using var closing = session.ConfigureAwait(false);
            using var report = request.Report is { } file ? InstanceReport.Create(file) : null;
            await RunAsync(session, errors, report, cancellationToken).ConfigureAwait(false);
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
            Write(Stopwatch.GetElapsedTime(started), e);
            errors.Add(ErrorText.TextWithNextStep(e));
            errors.End();
            return ExitCode.Of(e);
        }
    }

    private async Task RunAsync(Session session, ErrorLines errors, InstanceReport? report, CancellationToken cancellationToken)
    {
        try
        {
            await RunJobAsync(session, errors, report, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not UsageException)
        {
            CompleteAfter(e, report, errors);
            throw;
        }

        report?.Complete(_result, cause: null);
    }

    // What ended the download says more than what became of its report.
    private void CompleteAfter(Exception cause, InstanceReport? report, ErrorLines errors)
    {
        try
        {
            report?.Complete(_result, cause);
        }
        catch (DestinationException e)
        {
            errors.Add(e.Message);
        }
    }

    private async Task RunJobAsync(Session session, ErrorLines errors, InstanceReport? report, CancellationToken cancellationToken)
    {
        var job = Create(session);
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
        await View(session).ShowAsync(job, Run).ConfigureAwait(false);

        Task Run(IProgress<JobProgress>? progress) => job.RunAsync(progress, cancellationToken);
    }

    private Job Create(Session session)
    {
        try
        {
            session.Cod.InitDirectory(request.Directory!);
            return session.Cod.CreateJob(session.Studies, request.Format);
        }
        catch (ArgumentException e)
        {
            throw UsageException.From(e);
        }
    }

    private IDownloadView View(Session session)
    {
        if (request.Json || request.Quiet)
        {
            return new SilentView();
        }

        var form = request.Zip ? "as zips into" : "into";
        terminal.Out.WriteLine($"Retrieving {Pluralizer.Of(session.Studies.Count, "study")} of {session.Bucket} {form} {Path.GetFullPath(request.Directory!)}");
        return _hasBar ? new BarView(terminal.Out) : new PlainView(terminal.Out);
    }

    private int Report(Session session, ErrorLines errors)
    {
        var result = _result!;
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
            errors.Add($"The study {study} was not retrieved: another process is saving it into {Path.GetFullPath(request.Directory!)}. Run again when that has ended, or wait longer with --lock-timeout.");
        }

        errors.End();
        return ExitCode.Of(result, session.Studies.Count);
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
