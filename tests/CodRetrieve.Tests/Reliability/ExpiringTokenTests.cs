using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Reliability;

/// <summary>Jobs that outlive their tokens.</summary>
public sealed class ExpiringTokenTests
{
    private const string Secret = "ya29.SECRET-";

    [Fact(Timeout = 60_000)]
    public async Task A_job_goes_on_across_many_expiries()
    {
        await using var store = await TestStore.StartAsync();
        var studies = Studies(store, 40);
        var (requests, asked, current) = (0, 0, 1);
        store.Server.AcceptTokens(Secret + 0, Secret + 1);
        store.Server.Faults.Add(new FaultRule(Fault.Unauthorized())
        {
            // Tokens are good for ten requests or a few more.
            When = _ =>
            {
                if (++requests % 10 == 0)
                {
                    Volatile.Write(ref current, requests / 10 + 1);
                    store.Server.AcceptTokens(Secret + (current - 1), Secret + current);
                }

                return false;
            },
        });
        var scan = new LeakScan();
        await using var cod = new CodDownload(store.Options(options =>
        {
            options.MaxConnections = 2;
            options.LoggerFactory = scan;
            options.Credential = CodCredential.FromTokenProvider(_ =>
            {
                Interlocked.Increment(ref asked);
                return ValueTask.FromResult(Secret + Volatile.Read(ref current));
            });
        }));
        cod.InitBucket(TestStore.Url);
        var handler = new MemorySaveHandler();

        var result = await scan.Watch(cod.CreateWatchedJob(studies.Select(study => study.StudyInstanceUid), handler)).RunAsync();

        scan.Add(result);
        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(studies.SelectMany(study => study.Expected()).OrderBy(pair => pair.Key, StringComparer.Ordinal), handler.Saved.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.InRange(asked, 3, current + 1);
        scan.AssertNothingLeaked(Secret);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(RequestKind.List)]
    [InlineData(RequestKind.Media)]
    public async Task A_token_provider_that_fails_in_the_middle_ends_the_job_with_one_error(RequestKind kind)
    {
        await using var store = await TestStore.StartAsync();
        var studies = Studies(store, 30);
        var asked = 0;
        store.Server.Faults.Add(Fault.Unauthorized(), kind, skip: 9);
        var scan = new LeakScan();
        await using var cod = new CodDownload(store.Options(options =>
        {
            options.LoggerFactory = scan;
            options.Credential = CodCredential.FromTokenProvider(_ => Interlocked.Increment(ref asked) == 1
                ? ValueTask.FromResult(Secret)
                : throw new HttpRequestException("The token service is down."));
        }));
        cod.InitBucket(TestStore.Url);
        var job = scan.Watch(cod.CreateWatchedJob(studies.Select(study => study.StudyInstanceUid), new MemorySaveHandler()));
        var recorder = new JobRecorder(job);

        var stopped = await Assert.ThrowsAsync<JobFailedException>(() => job.RunAsync());

        scan.Add(stopped);
        var cause = Assert.IsType<ObjectStoreException>(stopped.InnerException);
        Assert.Equal(ObjectStoreFailure.Unauthorized, cause.Reason);
        Assert.IsType<HttpRequestException>(cause.InnerException);
        Assert.Single(recorder.Of<JobErrorEventArgs>());
        // One for each connection that was refused, and no more.
        Assert.InRange(asked, 2, 1 + new CodDownloadOptions().MaxConnections);
        scan.AssertNothingLeaked(Secret);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_token_provider_that_never_responds_ends_the_job_with_one_error(int answers)
    {
        await using var store = await TestStore.StartAsync();
        var studies = Studies(store, 30);
        var asked = 0;
        store.Server.Faults.Add(Fault.Unauthorized(), RequestKind.Media, skip: 9);
        await using var cod = new CodDownload(store.Options(options =>
        {
            options.IdleTimeout = TimeSpan.FromSeconds(0.5);
            options.Credential = CodCredential.FromTokenProvider(_ => Interlocked.Increment(ref asked) <= answers
                ? ValueTask.FromResult(Secret)
                : new ValueTask<string>(new TaskCompletionSource<string>().Task));
        }));
        cod.InitBucket(TestStore.Url);
        var job = cod.CreateWatchedJob(studies.Select(study => study.StudyInstanceUid), new MemorySaveHandler());
        var recorder = new JobRecorder(job);

        var stopped = await Assert.ThrowsAsync<JobFailedException>(() => job.RunAsync());

        var cause = Assert.IsType<ObjectStoreException>(stopped.InnerException);
        Assert.Equal(ObjectStoreFailure.Unauthorized, cause.Reason);
        Assert.Contains("gave no access token for 0.5 s", cause.Message, StringComparison.Ordinal);
        Assert.Single(recorder.Of<JobErrorEventArgs>());
        // Never twice at once, and what never answers holds all others.
        Assert.Equal(answers + 1, asked);
    }

    private static List<SyntheticStudy> Studies(TestStore store, int count) => [.. Enumerable.Range(0, count).Select(seed =>
    {
        var study = new SyntheticStudy(seed: seed);
        study.AddSeries(new() { InstanceCount = 4 });
        return store.Put(study);
    })];
}
