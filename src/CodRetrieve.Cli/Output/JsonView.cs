using System.Text.Json.Serialization;

namespace CodRetrieve.Cli.Output;

/// <summary>An object in JSON a line, every second and for each series that is finished: for programs that watch.</summary>
internal sealed class JsonView(TextWriter output) : IDownloadView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public Task ShowAsync(Job job, Func<IProgress<JobProgress>?, Task> run)
    {
        job.Extracted += (_, args) => Write(new ProgressLine("series") { Study = args.Series.StudyInstanceUid, Series = args.Series.SeriesInstanceUid, InstancesSaved = args.InstanceCount });
        return run(new Lines(this));
    }

    private void Write(ProgressLine line) => Json.Write(output, line, JsonLines.Default.ProgressLine);

    private sealed class Lines(JsonView view) : IProgress<JobProgress>
    {
        private TimeSpan? _last;

        public void Report(JobProgress value)
        {
            if (_last is null || value.Elapsed - _last >= Interval)
            {
                _last = value.Elapsed;
                view.Write(ProgressLine.Of(value));
            }
        }
    }
}

/// <summary>How far a download is, as a line of JSON.</summary>
/// <param name="Type"><c>progress</c>, or <c>series</c> for one that is finished.</param>
internal sealed record ProgressLine(string Type)
{
    public string? Study { get; init; }

    public string? Series { get; init; }

    public required int InstancesSaved { get; init; }

    public int? InstancesWanted { get; init; }

    public int? InstancesFailed { get; init; }

    public long? BytesReceived { get; init; }

    public long? BytesWanted { get; init; }

    /// <summary>Whether the totals no longer grow.</summary>
    public bool? IsPlanningComplete { get; init; }

    public double? BytesPerSecond { get; init; }

    public double? ElapsedSeconds { get; init; }

    public double? SecondsRemaining { get; init; }

    /// <summary>How long the store has given nothing, where it gives nothing.</summary>
    public double? OutageSeconds { get; init; }

    public static ProgressLine Of(JobProgress job) => new("progress")
    {
        InstancesSaved = job.InstancesSaved,
        InstancesWanted = job.InstancesWanted,
        InstancesFailed = job.InstancesFailed,
        BytesReceived = job.BytesReceived,
        BytesWanted = job.BytesWanted,
        IsPlanningComplete = job.IsPlanningComplete,
        BytesPerSecond = Math.Round(job.BytesPerSecond),
        ElapsedSeconds = Math.Round(job.Elapsed.TotalSeconds, 1),
        SecondsRemaining = job.EstimatedTimeRemaining is { } left ? Math.Round(left.TotalSeconds) : null,
        OutageSeconds = job.OutageDuration > TimeSpan.Zero ? Math.Round(job.OutageDuration.TotalSeconds) : null,
    };
}

/// <summary>How lines of JSON are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProgressLine))]
[JsonSerializable(typeof(VerifyProgressLine))]
internal sealed partial class JsonLines : JsonSerializerContext;
