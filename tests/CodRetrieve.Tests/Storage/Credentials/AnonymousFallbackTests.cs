using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage.Credentials;

/// <summary>A login that was found and not asked for must not keep anybody from a public bucket.</summary>
public sealed class AnonymousFallbackTests
{
    private const string Refused = "ya29.of-something-else";

    [Theory(Timeout = 30_000)]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_public_bucket_is_read_without_a_login_that_it_refuses(int status)
    {
        await using var store = await StartAsync(status);
        var studies = Enumerable.Range(1, 6).Select(seed => Put(store, seed)).ToList();

        var result = await RunAsync(store, studies, CodCredential.FromAccessToken(Refused).WithAnonymousFallback());

        Assert.Equal(JobOutcome.Complete, result.Outcome);

        // It is tried once, and then left where it is.
        Assert.Single(store.Server.Requests, request => request.BearerToken is not null);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_login_that_gives_no_token_is_left_where_it_is_as_well()
    {
        await using var store = await TestStore.StartAsync();
        var studies = new List<string> { Put(store, 1) };

        var result = await RunAsync(store, studies, CodCredential.FromTokenProvider(_ => throw new InvalidOperationException("revoked")).WithAnonymousFallback());

        Assert.Equal(JobOutcome.Complete, result.Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task Where_that_is_refused_too_the_failure_is_the_one_of_the_login()
    {
        await using var store = await TestStore.StartAsync(new GcsTestServerOptions { AcceptedTokens = ["another"] });
        var studies = Enumerable.Range(1, 6).Select(seed => Put(store, seed)).ToList();

        var failed = await Assert.ThrowsAsync<JobFailedException>(() => RunAsync(store, studies, CodCredential.FromAccessToken(Refused).WithAnonymousFallback()));

        Assert.Equal(ObjectStoreFailure.Unauthorized, Assert.IsType<ObjectStoreException>(failed.InnerException).Reason);
        Assert.Single(store.Server.Requests, request => request.BearerToken is null);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_login_that_works_is_used_for_everything_and_a_forbidden_object_is_not_asked_for_without_it()
    {
        await using var store = await TestStore.StartAsync();
        var studies = new List<string> { Put(store, 1), Put(store, 2) };
        store.Server.Faults.Add(Fault.Status(403), objectName: name => name.Contains(studies[0], StringComparison.Ordinal) && name.EndsWith(".tar", StringComparison.Ordinal));

        var result = await RunAsync(store, studies, CodCredential.FromAccessToken(Refused).WithAnonymousFallback());

        Assert.Equal(JobOutcome.Incomplete, result.Outcome);
        Assert.All(store.Server.Requests, request => Assert.Equal(Refused, request.BearerToken));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_login_that_was_asked_for_is_never_left_out()
    {
        await using var store = await StartAsync(403);

        await Assert.ThrowsAsync<JobFailedException>(() => RunAsync(store, [Put(store, 1)], CodCredential.FromAccessToken(Refused)));

        Assert.All(store.Server.Requests, request => Assert.Equal(Refused, request.BearerToken));
    }

    private static async Task<TestStore> StartAsync(int status)
    {
        var store = await TestStore.StartAsync();
        store.Server.Faults.Add(new FaultRule(Fault.Status(status)) { When = request => request.BearerToken is not null });
        return store;
    }

    private static string Put(TestStore store, int seed)
    {
        var study = new SyntheticStudy(seed: seed);
        study.AddSeries(new() { InstanceCount = 1 });
        return store.Put(study).StudyInstanceUid;
    }

    private static async Task<JobResult> RunAsync(TestStore store, IReadOnlyList<string> studies, CodCredential credential)
    {
        await using var cod = new CodDownload(store.Options(options => options.Credential = credential));
        cod.InitBucket(TestStore.Url);
        return await cod.CreateWatchedJob(studies, new MemorySaveHandler()).RunAsync();
    }
}
