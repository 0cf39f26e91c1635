using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

public sealed class JobProgressTests
{
    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_last_report_adds_up_exactly(bool changedMeanwhile)
    {
        await using var store = await TestStore.StartAsync();
        var studies = new[] { store.Put(Study(1)), store.Put(Study(2)) };
        if (changedMeanwhile)
        {
            // The tar that was listed is gone: the series is planned anew in the middle of the job.
            store.Server.Faults.Add(Fault.Status(404), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal), times: 1, skip: 1);
        }

        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var progress = new ProgressRecorder();

        var result = await (cod.CreateWatchedJob(studies.Select(study => study.StudyInstanceUid))).RunAsync(progress);

        var last = progress.Reports[^1];
        var instances = studies.SelectMany(study => study.Series).SelectMany(series => series.Instances).ToList();
        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(instances.Count, last.InstancesWanted);
        Assert.Equal(instances.Count, last.InstancesSaved);
        Assert.Equal(instances.Sum(instance => instance.SizeBytes), last.BytesWanted);
        Assert.Equal(last.BytesWanted, last.BytesReceived);
        Assert.Equal((4, 4), (last.SeriesCompleted, last.SeriesDiscovered));
        Assert.Equal(0, last.InstancesFailed);
        Assert.True(last.IsPlanningComplete);
        Assert.Equal(TimeSpan.Zero, last.EstimatedTimeRemaining);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_saved_already_is_known_but_not_wanted()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(3));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();
        var progress = new ProgressRecorder();

        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync(progress);

        var last = progress.Reports[^1];
        Assert.Equal((0, 0), (last.InstancesWanted, last.InstancesSaved));
        Assert.Equal((2, 2), (last.SeriesCompleted, last.SeriesDiscovered));
        Assert.Equal(0, last.BytesWanted);
    }

    [Fact(Timeout = 30_000)]
    public async Task Reports_come_while_bytes_do_with_rate_and_estimate()
    {
        await using var store = await TestStore.StartAsync(new() { BytesPerSecondPerConnection = 2_000_000 });
        var study = new SyntheticStudy(seed: 4);
        study.AddSeries(new() { InstanceCount = 400, InstanceSizeBytes = 100_000, MetadataBytesPerInstance = 0 });
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxConnections = 2);
        using var cancel = new CancellationTokenSource();
        var seen = new ProgressRecorder(report =>
        {
            if (report is { InstancesSaved: > 0, EstimatedTimeRemaining: not null })
            {
                cancel.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync(seen, cancel.Token));

        var report = seen.Reports.First(one => one is { InstancesSaved: > 0, EstimatedTimeRemaining: not null });
        Assert.InRange(report.BytesReceived, 1, report.BytesWanted - 1);
        Assert.InRange(report.BytesPerSecond, 1, 1e9);
        Assert.True(report.EstimatedTimeRemaining > TimeSpan.Zero);
        Assert.True(report.Elapsed > TimeSpan.Zero);
    }

    [Fact(Timeout = 30_000)]
    public async Task Reports_and_events_never_come_at_once_and_none_after_the_end()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(5));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        var (inside, cameTwoAtOnce, isEnded, cameLate) = (0, false, false, false);
        void Pass()
        {
            cameTwoAtOnce |= Interlocked.Increment(ref inside) != 1;
            cameLate |= isEnded;
            Interlocked.Decrement(ref inside);
        }

        job.Progress += (_, _) => Pass();
        job.Saved += (_, _) => Pass();
        job.Completed += (_, _) =>
        {
            Pass();
            isEnded = true;
        };

        await job.RunAsync(new ProgressRecorder(_ => Pass()));

        Assert.False(cameTwoAtOnce);
        Assert.False(cameLate);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_report_that_throws_harms_nothing()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(6));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var progress = new ProgressRecorder(_ => throw new InvalidOperationException("A fault of the user's."));

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync(progress);

        Assert.Equal(JobOutcome.Complete, result.Outcome);
    }

    private static SyntheticStudy Study(int seed)
    {
        var study = new SyntheticStudy(seed: seed);
        study.AddSeries(new() { InstanceCount = 12, InstanceSizeBytes = 33_872 });
        study.AddSeries(new() { InstanceCount = 4, InstanceSizeBytes = 200_000 });
        return study;
    }
}
