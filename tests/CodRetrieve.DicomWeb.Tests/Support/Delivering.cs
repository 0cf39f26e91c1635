using CodRetrieve.Testing;

namespace CodRetrieve.DicomWeb.Tests.Support;

/// <summary>A store and a stand-in receiver, with options that wait for milliseconds only.</summary>
internal sealed class Delivering : IAsyncDisposable
{
    private Delivering(TestStore store, DicomWebReceiver receiver) => (Store, Receiver) = (store, receiver);

    public TestStore Store { get; }

    public DicomWebReceiver Receiver { get; }

    public TempFolder Folder { get; } = new();

    public static async Task<Delivering> StartAsync(DicomWebReceiverOptions? options = null) =>
        new(await TestStore.StartAsync(), await DicomWebReceiver.StartAsync(options));

    public static StowSaveHandlerOptions OptionsFor(Uri serviceUrl) => new(serviceUrl)
    {
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetryDelay = TimeSpan.FromMilliseconds(20),
        MaxOutage = TimeSpan.FromSeconds(20),
    };

    public SyntheticStudy Put(int instances = 8, int series = 1, int seed = 1, int bytes = 20_000, bool hashed = false)
    {
        var study = new SyntheticStudy(seed: seed, hashed: hashed);
        for (var i = 0; i < series; i++)
        {
            study.AddSeries(new() { InstanceCount = instances, InstanceSizeBytes = bytes });
        }

        return Store.Put(study);
    }

    public async Task<(JobResult Result, DeliveryCounts Counts)> SendAsync(SyntheticStudy study, Action<StowSaveHandlerOptions>? change = null, Action<CodDownloadOptions>? connection = null)
    {
        var options = OptionsFor(Receiver.ServiceUrl);
        change?.Invoke(options);
        using var handler = new StowSaveHandler(options);
        await using var cod = new CodDownload(Store.Options(connection));
        cod.InitBucket(TestStore.Url);
        var result = await cod.CreateJob([study.StudyInstanceUid], handler).RunAsync();
        return (result, handler.Counts);
    }

    /// <summary>Asserts that the receiver has exactly a study's instances, byte for byte.</summary>
    public void AssertDelivered(SyntheticStudy study) => Assert.Equal(
        study.Series.SelectMany(series => series.Instances).Select(one => one.Sha256).Order(StringComparer.Ordinal),
        Receiver.Instances.Values.Select(Hash).Order(StringComparer.Ordinal));

    public static string Hash(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    public IEnumerable<ReceiverRequest> Stores => Receiver.Requests.Where(request => request.Method == "POST");

    public async ValueTask DisposeAsync()
    {
        await Receiver.DisposeAsync();
        await Store.DisposeAsync();
        Folder.Dispose();
    }
}
