using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Tests.Storage;

/// <summary>A store, or the line to it, that is down for a while.</summary>
public sealed class OutageTests
{
    private static readonly ObjectRange Slice = new("object", null, 3, null);
    private readonly HurriedTime _time = new();

    [Theory(Timeout = 30_000)]
    [InlineData(25, 6)]
    [InlineData(90, 6)]
    [InlineData(800, 6)]
    [InlineData(90, 1)]
    public async Task It_is_waited_out_beyond_the_retries(int seconds, int retries)
    {
        var until = _time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        var objects = Reader(new FakeObjectStore { Open = (_, _, _) => _time.GetUtcNow() < until ? throw Down() : Three() }, options => options.MaxRetryAttempts = retries);

        Assert.Equal(3, (await ReadAsync(objects)).Length);
        Assert.InRange(_time.GetUtcNow() - until, TimeSpan.Zero, TimeSpan.FromSeconds(46));
        Assert.Equal(TimeSpan.Zero, objects.OutageDuration);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_listing_waits_as_well()
    {
        var until = _time.GetUtcNow() + TimeSpan.FromSeconds(90);
        var objects = Reader(new FakeObjectStore { List = (_, _) => _time.GetUtcNow() < until ? throw Down() : new ObjectListPage([], ["a/"], null) });

        Assert.Single((await objects.ListAsync("", null, default)).Prefixes);
    }

    [Fact(Timeout = 30_000)]
    public async Task It_is_given_up_after_the_longest_outage()
    {
        var started = _time.GetUtcNow();
        var objects = Reader(new FakeObjectStore { Open = (_, _, _) => throw Down() });

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => ReadAsync(objects));

        Assert.Equal(ObjectStoreFailure.Unavailable, failure.Reason);
        Assert.InRange(_time.GetUtcNow() - started, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(16));
        Assert.InRange(objects.OutageDuration, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(16));
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_retries_nothing_is_waited_out()
    {
        var store = new FakeObjectStore { Open = (_, _, _) => throw Down() };
        var objects = Reader(store, options => options.MaxRetryAttempts = 0);

        await Assert.ThrowsAsync<ObjectStoreException>(() => ReadAsync(objects));

        Assert.Equal(1, store.Opened);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_object_that_fails_while_others_come_is_given_up_after_its_retries()
    {
        var attempts = 0;
        ObjectReader? objects = null;
        objects = Reader(new FakeObjectStore { Open = (_, name, _) => name == "good" ? Three() : throw Bad() });

        await Assert.ThrowsAsync<ObjectStoreException>(() => ReadAsync(objects));

        Assert.Equal(7, attempts);

        // Between its attempts another object is read.
        ObjectStoreException Bad()
        {
            attempts++;
            Assert.True(ReadAsync(objects!, "good").IsCompletedSuccessfully);
            return Down();
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task What_comes_and_is_wrong_is_no_outage()
    {
        var store = new FakeObjectStore { Open = (_, _, _) => throw new ObjectStoreException(ObjectStoreFailure.InvalidResponse, "wrong") };
        var objects = Reader(store);

        await Assert.ThrowsAsync<ObjectStoreException>(() => ReadAsync(objects));

        Assert.Equal(7, store.Opened);
        Assert.Equal(TimeSpan.Zero, objects.OutageDuration);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(600, 600)]
    [InlineData(100_000, 900)]
    public async Task A_store_that_asks_to_wait_for_minutes_is_obeyed_within_the_longest_outage(int asked, int waited)
    {
        var started = _time.GetUtcNow();
        var store = new FakeObjectStore { Open = (number, _, _) => number > 1 ? Three() : throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "busy") { RetryAfter = TimeSpan.FromSeconds(asked) } };
        var objects = Reader(store);

        await ReadAsync(objects);

        Assert.InRange(_time.GetUtcNow() - started, TimeSpan.FromSeconds(waited - 1), TimeSpan.FromSeconds(waited + 1));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_progress_of_a_job_says_how_long_it_lasts_and_the_job_goes_on_afterwards()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 3 });
        store.Put(study);
        var rule = store.Server.Faults.Add(Fault.Status(503), RequestKind.Media);
        await using var cod = new CodDownload(store.Options(options => options.MaxOutage = TimeSpan.FromHours(1)));
        cod.InitBucket(TestStore.Url);
        var sawOutage = new TaskCompletionSource();
        var progress = new ProgressRecorder(report =>
        {
            // More than the retries of one request.
            if (report.OutageDuration > TimeSpan.FromMilliseconds(200) && rule.Hits > 7 && sawOutage.TrySetResult())
            {
                store.Server.Faults.Clear();
            }
        });

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid], new MemorySaveHandler()).RunAsync(progress);

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.True(sawOutage.Task.IsCompleted);
        Assert.Equal(TimeSpan.Zero, progress.Reports[^1].OutageDuration);
    }

    private static ObjectStoreException Down() => new(ObjectStoreFailure.Unavailable, "down") { StatusCode = 503 };

    private static ObjectContent Three() => new(new MemoryStream([1, 2, 3]), 0);

    private static async Task<byte[]> ReadAsync(ObjectReader objects, string name = "object")
    {
        await using var stream = await objects.OpenAsync(Slice with { Name = name }, null, CancellationToken.None);
        return await stream.ReadToEndAsync();
    }

    private ObjectReader Reader(IObjectStore store, Action<CodDownloadOptions>? change = null)
    {
        var options = new CodDownloadOptions { TimeProvider = _time };
        change?.Invoke(options);
        return new ObjectReader(store, new RequestPolicy(options, NullLogger.Instance), RequestBudget.Fixed(2));
    }
}
