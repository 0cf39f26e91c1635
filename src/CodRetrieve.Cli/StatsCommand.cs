using System.Diagnostics;
using CodRetrieve.Cli.Output;

namespace CodRetrieve.Cli;

/// <summary><c>cod-retrieve stats</c>, and <c>cod-retrieve download --dry-run</c>, which asks the same and words it otherwise.</summary>
internal sealed class StatsCommand(Request request, Terminal terminal)
{
    private readonly ErrorLines _errors = new(terminal.Error, hold: false);

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var session = await Session.OpenAsync(request, terminal, cancellationToken).ConfigureAwait(false);
            await using var closing = session.ConfigureAwait(false);
            var stats = await ReadAsync(session, cancellationToken).ConfigureAwait(false);
            return Report(session, stats, Stopwatch.GetElapsedTime(started));
        }
        catch (UsageException e)
        {
            _errors.Add(e.Message);
            return ExitCode.Usage;
        }
#pragma warning disable CA1031 // The end of the line: whatever it is, it is reported.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (request.Json)
            {
                Json.Write(terminal.Out, StatsReport.Of(null, request.DryRun, Stopwatch.GetElapsedTime(started), e), Json.Default.StatsReport);
            }

            _errors.Add(ErrorText.TextWithNextStep(e, request, terminal.Environment));
            return ExitCode.Of(e);
        }
    }

    private async Task<DownloadStats> ReadAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            // Asking makes no folder and needs no permission to write; in one that is not there nothing is saved.
            if (request.Directory is { } directory)
            {
                session.Cod.InitDirectory(directory, readOnly: true);
            }

            await session.ReadStudiesAsync(cancellationToken).ConfigureAwait(false);
            return await session.Cod.GetStatsAsync(session.Studies, request.Format, session.Selection, cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException e)
        {
            throw UsageException.From(e);
        }
    }

    private static IEnumerable<string> UnlistedOf(SeriesStats series) => series.UnlistedInstances.Select(instance =>
        $"{series.StudyInstanceUid}/{series.SeriesInstanceUid}/{instance} is saved, and the store does not list it (any more). It is kept.");

    private int Report(Session session, DownloadStats stats, TimeSpan elapsed)
    {
        if (request.Json)
        {
            Json.Write(terminal.Out, StatsReport.Of(stats, request.DryRun, elapsed, null), Json.Default.StatsReport);
        }
        else if (request.DryRun && !request.Quiet)
        {
            DryRunSummary.Write(terminal.Out, stats);
        }
        else if (!request.Quiet)
        {
            StatsTable.Write(terminal.Out, stats, framed: terminal.IsInteractive);
        }

        var failures = stats.StudyFailures.Select(failure => failure.ToString())
            .Concat(stats.Series.SelectMany(SeriesState.ErrorsOf))
            .Concat(session.Problems)
            .Concat(stats.MissingStudies.Select(study => MissingStudy.Text(study, session.Bucket)))
            .ToList();
        foreach (var warning in request.Quiet ? [] : stats.Warnings.Concat(stats.Series.SelectMany(UnlistedOf)))
        {
            _errors.Warn(warning);
        }

        failures.ForEach(_errors.Add);
        return stats.MissingStudies.Count == session.Studies.Count || SelectionText.IsEmpty(stats) ? ExitCode.NothingFound
            : failures.Count > 0 ? ExitCode.Incomplete
            : ExitCode.Done;
    }
}
