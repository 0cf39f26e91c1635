namespace CodRetrieve.Tests.Support;

/// <summary>Notes every report at once, on the thread that makes it (<see cref="Progress{T}"/> would hand it on).</summary>
public sealed class ProgressRecorder(Action<JobProgress>? onReport = null) : IProgress<JobProgress>
{
    private readonly List<JobProgress> _reports = [];

    public IReadOnlyList<JobProgress> Reports => _reports;

    public void Report(JobProgress value)
    {
        _reports.Add(value);
        onReport?.Invoke(value);
    }
}
