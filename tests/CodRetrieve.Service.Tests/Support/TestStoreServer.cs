using CodRetrieve.Testing;

namespace CodRetrieve.Service.Tests.Support;

/// <summary>A storage server with small synthetic studies, of one series with five instances each.</summary>
internal sealed class TestStoreServer(GcsTestServer server, IReadOnlyList<SyntheticStudy> studies) : IAsyncDisposable
{
    public GcsTestServer Server => server;

    public IReadOnlyList<SyntheticStudy> Studies => studies;

    public IReadOnlyList<string> Uids => [.. studies.Select(study => study.StudyInstanceUid)];

    public const string Url = "gs://bucket/cod";

    /// <summary>The setting of the service that names the server.</summary>
    public string Endpoint => $"--Service:Stores:store:Endpoint={server.Endpoint}";

    public static async Task<TestStoreServer> StartAsync(int count, long instanceSizeBytes = 20_000, GcsTestServerOptions? options = null)
    {
        var server = await GcsTestServer.StartAsync(options);
        var bucket = server.CreateBucket("bucket");
        var studies = Enumerable.Range(1, count).Select(seed => new SyntheticStudy(seed: seed)).ToList();
        foreach (var study in studies)
        {
            study.AddSeries(new SyntheticSeriesOptions { InstanceCount = 5, InstanceSizeBytes = instanceSizeBytes });
            study.PutInto(bucket, "cod");
        }

        return new TestStoreServer(server, studies);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
