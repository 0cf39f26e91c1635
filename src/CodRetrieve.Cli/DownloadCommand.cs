using CodRetrieve.Cli.Input;

namespace CodRetrieve.Cli;

/// <summary><c>cod-retrieve download</c></summary>
internal sealed class DownloadCommand(Request request, Terminal terminal) : JobCommand(request, terminal)
{
    private DestinationException? _notWritable;

    // None where the directory is there and cannot be written: then there may be nothing to fetch.
    protected override Job? TryCreate(Session session)
    {
        try
        {
            session.Cod.InitDirectory(Request.Directory!);
            return session.All is { } all ? session.Cod.CreateJob(all.ListAsync(), Request.Format, session.Selection) : session.Cod.CreateJob(session.Studies, Request.Format, session.Selection);
        }
        catch (ArgumentException e)
        {
            throw UsageException.From(e);
        }
        catch (DestinationException e) when (e.Reason == DestinationFailure.NotWritable && Directory.Exists(Request.Directory))
        {
            _notWritable = e;
            return null;
        }
    }

    // In a directory that cannot be written and has everything.
    protected override async Task<JobResult> FindSavedAsync(Session session, CancellationToken cancellationToken)
    {
        session.Cod.InitDirectory(Request.Directory!, readOnly: true);
        await session.ReadStudiesAsync(cancellationToken).ConfigureAwait(false);
        var stats = await session.Cod.GetStatsAsync(session.Studies, Request.Format, session.Selection, cancellationToken).ConfigureAwait(false);
        if (stats.Series.Count == 0 || stats.Series.Any(series => !series.IsSaved) || stats.StudyFailures.Count + stats.MissingStudies.Count > 0)
        {
            throw _notWritable!;
        }

        var series = stats.Series.Select(one => CodModelFactory.SeriesResult(
            CodModelFactory.Series(one.StudyInstanceUid, one.SeriesInstanceUid), SeriesOutcome.AlreadySaved, instancesSkipped: one.InstancesSaved, warnings: one.Warnings));
        return CodModelFactory.JobResult(series: [.. series], elapsed: Elapsed, completedStudies: session.Studies);
    }

    protected override string Intent(string studies, BucketChoice bucket) =>
        $"Retrieving {studies} of {bucket} {(Request.Zip ? "as zips into" : "into")} {Path.GetFullPath(Request.Directory!)}";

    protected override string BusyText(string study, string holder) =>
        $"The study {study} was not retrieved: another process is saving it into {Path.GetFullPath(Request.Directory!)}{holder}. Run again when that has ended, or wait longer with --lock-timeout.";
}
