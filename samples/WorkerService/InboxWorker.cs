using System.Text.Json;
using CodRetrieve;
using Microsoft.Extensions.Options;

namespace WorkerService;

/// <summary>Looks into the inbox, retrieves what its files ask for, and moves them to done or failed with a result beside them.</summary>
internal sealed class InboxWorker(ICodDownloadFactory factory, IOptions<InboxOptions> options, InboxState state, ILogger<InboxWorker> logger) : BackgroundService
{
    private readonly InboxOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.Interval);
        do
        {
            try
            {
                await EmptyInboxAsync(stoppingToken);
                state.Problem = null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                state.Problem = e.Message;
                logger.LogInboxFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task EmptyInboxAsync(CancellationToken stoppingToken)
    {
        foreach (var folder in new[] { _options.Inbox, _options.Done, _options.Failed })
        {
            Directory.CreateDirectory(folder);
        }

        var requests = Directory.EnumerateFiles(_options.Inbox, "*.json").Order(StringComparer.Ordinal);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.JobsAtOnce, CancellationToken = stoppingToken };
        await Parallel.ForEachAsync(requests, parallel, async (request, ct) =>
        {
            state.Begin();
            try
            {
                await CarryOutAsync(request, ct);
            }
            finally
            {
                state.End();
            }
        });
    }

    // When the host stops, the request stays in the inbox, and the next start goes on with what is missing.
    private async Task CarryOutAsync(string path, CancellationToken stoppingToken)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        RetrievalReport report;
        try
        {
            report = RetrievalReport.Of(await RetrieveAsync(path, Path.Combine(_options.Studies, name), stoppingToken));
        }
        catch (Exception e) when (e is CodRetrieveException or ArgumentException or JsonException)
        {
            report = RetrievalReport.Of(e);
        }

        // The result first: a request that has left the inbox has one.
        var folder = report.IsDone ? _options.Done : _options.Failed;
        await report.WriteAsync(Path.Combine(folder, name + ".result.json"), stoppingToken);
        File.Move(path, Path.Combine(folder, name + ".json"), overwrite: true);
        logger.LogRetrieved(name, report.Outcome, report.Saved, report.Failed);
    }

    private async Task<JobResult> RetrieveAsync(string path, string directory, CancellationToken stoppingToken)
    {
        var request = await RetrievalRequest.ReadAsync(path, stoppingToken);
        await using var cod = factory.Create(directory, request.Bucket);
        var job = cod.CreateJob(request.Studies, request.Zip ? OutputFormat.Zip : OutputFormat.Folder);
        return await job.RunAsync(stoppingToken);
    }
}
