using System.Text.Json;
using CodRetrieve;

namespace WorkerService;

/// <summary>The result file beside a request that is done or failed.</summary>
internal sealed record RetrievalReport(
    string Outcome, int Saved, int Skipped, int Failed, long Bytes, double Seconds, IReadOnlyList<string> MissingStudies, IReadOnlyList<string> Failures)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public bool IsDone => Outcome == nameof(JobOutcome.Complete);

    public static RetrievalReport Of(JobResult result) => new(
        result.Outcome.ToString(),
        result.InstancesSaved,
        result.InstancesSkipped,
        result.InstancesFailed,
        result.BytesSaved,
        result.Elapsed.TotalSeconds,
        result.MissingStudies,
        [.. result.Failures.Select(failure => failure.ToString())]);

    // Messages of the library hold no token.
    public static RetrievalReport Of(Exception cause) => cause is JobFailedException stopped
        ? Of(stopped.Result) with { Failures = [stopped.Message] }
        : new("Refused", 0, 0, 0, 0, 0, [], [cause.Message]);

    public async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(path + ".partial", JsonSerializer.Serialize(this, Format), cancellationToken);
        File.Move(path + ".partial", path, overwrite: true);
    }
}
