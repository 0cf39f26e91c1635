using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage;

public sealed class OutageDetectorTests
{
    private static readonly ObjectStoreException Down = new(ObjectStoreFailure.Unavailable, "down") { StatusCode = 503 };

    [Fact]
    public void Failures_in_a_row_mean_that_the_store_is_down()
    {
        var health = new OutageDetector(RequestBudget.Fixed(5), TimeProvider.System);
        for (var i = 1; i < 10; i++)
        {
            Assert.Same(Down, health.RecordFailure(Down));
        }

        var failure = health.RecordFailure(Down);

        Assert.Equal(ObjectStoreFailure.Unreachable, failure.Reason);
        Assert.True(failure.IsFatal);
        Assert.False(failure.IsTransient);
        Assert.Equal(503, failure.StatusCode);
        Assert.Same(Down, failure.InnerException);
    }

    [Fact]
    public void Any_byte_in_between_starts_the_count_again()
    {
        var health = new OutageDetector(RequestBudget.Fixed(1), TimeProvider.System);
        for (var i = 0; i < 100; i++)
        {
            Assert.Same(Down, health.RecordFailure(Down));
            if (i % 7 == 6)
            {
                health.RecordSuccess();
            }
        }
    }

    [Fact]
    public void Other_failures_do_not_count()
    {
        var health = new OutageDetector(RequestBudget.Fixed(1), TimeProvider.System);
        var other = new ObjectStoreException(ObjectStoreFailure.InvalidResponse, "wrong");
        for (var i = 0; i < 100; i++)
        {
            Assert.Same(other, health.RecordFailure(other));
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(RequestKind.Media)]
    [InlineData(RequestKind.List)]
    public async Task A_job_of_many_series_stops_with_one_error_when_the_store_is_down(RequestKind kind)
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(0, 60).Select(seed =>
        {
            var study = new SyntheticStudy(seed: seed);
            study.AddSeries(new() { InstanceCount = 1, InstanceSizeBytes = 2_000, MetadataBytesPerInstance = 0 });
            return store.Put(study).StudyInstanceUid;
        }).ToList();
        store.Server.Faults.Add(Fault.Status(503), kind);
        await using var cod = new CodDownload(store.Options(options => (options.MaxConnections, options.MaxRetryAttempts) = (4, 2)));
        cod.InitBucket(TestStore.Url);
        var job = cod.CreateWatchedJob(studies, new MemorySaveHandler());
        var recorder = new JobRecorder(job);

        var stopped = await Assert.ThrowsAsync<JobFailedException>(() => job.RunAsync());

        Assert.Equal(ObjectStoreFailure.Unreachable, Assert.IsType<ObjectStoreException>(stopped.InnerException).Reason);
        Assert.Single(recorder.Of<JobErrorEventArgs>(), args => args.Failure.StudyInstanceUid is null);
        Assert.InRange(store.Server.Requests.Count(request => request.Kind == kind), 8 * 3, 16 * 3);
    }
}
