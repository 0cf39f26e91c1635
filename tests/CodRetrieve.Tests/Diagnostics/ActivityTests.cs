using System.Collections.Concurrent;
using System.Diagnostics;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Diagnostics;

[Collection(TelemetryCollection.Name)]
public sealed class ActivityTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public ActivityTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "CodRetrieve",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task A_job_is_the_parent_of_what_is_done_for_it()
    {
        await using var store = await TestStore.StartAsync(new() { AcceptedTokens = ["secret-token"] });
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 10 });
        study.AddSeries(new() { InstanceCount = 5, InstanceSizeBytes = 300_000 });
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        cod.InitBucket(TestStore.Url + "?token=secret-token");

        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        var job = Assert.Single(_ended, activity => activity.OperationName == "codretrieve.job");
        Assert.All(_ended, activity => Assert.Equal(job.TraceId, activity.TraceId));
        Assert.All(_ended.Where(activity => activity != job), activity => Assert.Equal(job.SpanId, activity.ParentSpanId));
        Assert.Single(_ended, activity => activity.OperationName == "codretrieve.study.list");
        Assert.Equal(
            study.Series.Select(series => series.SeriesInstanceUid).Order(StringComparer.Ordinal),
            _ended.Where(activity => activity.OperationName == "codretrieve.series.index").Select(activity => (string)activity.GetTagItem("codretrieve.series.uid")!).Order(StringComparer.Ordinal));
        Assert.Equal(
            15, _ended.Where(activity => activity.OperationName == "codretrieve.segment").Sum(activity => (int)activity.GetTagItem("codretrieve.segment.instances")!));
        Assert.Equal("Complete", job.GetTagItem("codretrieve.job.outcome"));
        Assert.DoesNotContain("secret", string.Join(" ", _ended.SelectMany(activity => activity.TagObjects).Select(tag => $"{tag.Value}")), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_failed_is_marked_by_its_kind_without_naming_instances()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 2);
        var series = study.AddSeries(new() { InstanceCount = 3 });
        store.Put(study);
        store.Server.Faults.Add(Fault.Status(403), RequestKind.Media);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);

        await Assert.ThrowsAnyAsync<CodRetrieveException>(async () => await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync());

        var job = Assert.Single(_ended, activity => activity.OperationName == "codretrieve.job");
        Assert.Equal(ActivityStatusCode.Error, job.Status);
        Assert.Equal("Forbidden", job.GetTagItem("error.type"));
        Assert.Equal("Failed", job.GetTagItem("codretrieve.job.outcome"));
        var told = string.Join(" ", _ended.Select(activity => activity.StatusDescription).Concat(_ended.SelectMany(activity => activity.TagObjects).Select(tag => $"{tag.Value}")));
        Assert.All(series.Instances, instance => Assert.DoesNotContain(instance.SopInstanceUid, told, StringComparison.Ordinal));
    }
}
