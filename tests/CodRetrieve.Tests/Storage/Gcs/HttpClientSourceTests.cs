using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage.Gcs;

public sealed class HttpClientSourceTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_factory_of_the_callers_is_asked_once_for_each_job_and_each_statistics()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        for (var i = 0; i < 40; i++)
        {
            study.AddSeries(new() { InstanceCount = 1, InstanceSizeBytes = 2_000 });
        }

        store.Put(study);
        var made = new List<HttpClient>();
        await using var cod = new CodDownload(store.Options(options => options.HttpClientFactory = () =>
        {
            // As a careless one does: connections of their own for each.
            var client = new HttpClient();
            made.Add(client);
            return client;
        }));
        cod.InitBucket(TestStore.Url);

        var first = await cod.CreateWatchedJob([study.StudyInstanceUid], new MemorySaveHandler()).RunAsync();
        Assert.Single(made);
        var second = await cod.CreateWatchedJob([study.StudyInstanceUid], new MemorySaveHandler()).RunAsync();
        await cod.GetStatsAsync([study.StudyInstanceUid]);

        Assert.Equal((JobOutcome.Complete, JobOutcome.Complete, 3), (first.Outcome, second.Outcome, made.Count));
        made.ForEach(client => client.Dispose());
    }
}
