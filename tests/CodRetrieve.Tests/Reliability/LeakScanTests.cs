using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Tests.Reliability;

/// <summary>The scan that the matrix, the soak, the mutations and the hostile inputs go through finds what it looks for.</summary>
public sealed class LeakScanTests
{
    private const string Planted = "planted-SECRET";

    // What is planted here is no leak of the suite.
    public LeakScanTests() => LeakWatch.Isolate();

    [Fact]
    public void Finds_what_is_planted_in_a_log_message()
    {
        var scan = new LeakScan();
        LoggerMessage.Define<string>(LogLevel.Trace, 1, "A request for {Name} was sent.")(scan, Planted, null);
        Assert.NotEmpty(scan.Find([Planted]));
        Assert.Empty(scan.Find(["another"]));
    }

    [Fact]
    public void Finds_what_is_planted_in_the_exception_of_a_log_message()
    {
        var scan = new LeakScan();
        LoggerMessage.Define(LogLevel.Trace, 1, "It failed.")(scan, new IOException("x", new IOException(Planted)));
        Assert.NotEmpty(scan.Find([Planted]));
    }

    [Fact(Timeout = 30_000)]
    public async Task Finds_what_is_planted_deep_in_a_result_and_in_an_event()
    {
        // A store of a user's own that says too much.
        var (returned, raised) = (new LeakScan(), new LeakScan());
        await using var cod = new CodDownload(new CodDownloadOptions { MaxRetryAttempts = 0 });
        cod.InitBucket(new FakeObjectStore { List = (_, _) => throw new ObjectStoreException(ObjectStoreFailure.Rejected, "x", new IOException(Planted)) }, null);

        returned.Add(await raised.Watch(cod.CreateWatchedJob(["1"], new MemorySaveHandler())).RunAsync());

        Assert.NotEmpty(returned.Find([Planted]));
        Assert.NotEmpty(raised.Find([Planted]));
    }

    [Theory]
    [InlineData("Synthetic^Patient")]
    [InlineData("gs://synthetic-incoming/1.2.dcm")]
    [InlineData("GET /storage/v1/b/x/o/y?alt=media")]
    public void Fails_for_what_every_synthetic_study_has(string secret)
    {
        var scan = new LeakScan();
        scan.Add($"Something about {secret} was said.");
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => scan.AssertNothingLeaked());
    }

    [Fact]
    public void Fails_when_it_saw_nothing() => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => new LeakScan().AssertNothingLeaked());

    [Fact(Timeout = 30_000)]
    public async Task What_it_looks_for_stands_in_the_synthetic_stores()
    {
        var series = new SyntheticStudy(seed: 1).AddSeries(new() { InstanceCount = 1 });
        var json = new MemoryStream();
        series.WriteMetadata(json, "b", "p");
        var text = System.Text.Encoding.UTF8.GetString(json.ToArray());
        Assert.All(LeakScan.SyntheticSecrets.Take(5), secret => Assert.Contains(secret, text, StringComparison.Ordinal));
        await using var content = series.Instances[0].OpenRead();
        Assert.Contains("Synthetic^Patient", System.Text.Encoding.Latin1.GetString(await content.ReadToEndAsync()), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Statistics_hold_modality_and_description_in_their_two_properties_and_say_them_nowhere_else()
    {
        var scan = new LeakScan();
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { Modality = Planted, Description = "Synthetic series of " + Planted, InstanceCount = 2 });
        study.AddSeries(new() { Modality = Planted, Description = "Synthetic series of " + Planted, InstanceCount = 2, OmitTar = true });
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.LoggerFactory = scan);

        var stats = await cod.GetStatsAsync([study.StudyInstanceUid]);
        scan.Add(stats);

        Assert.All(stats.Series, series => Assert.Equal((Planted, "Synthetic series of " + Planted), (series.Modality, series.SeriesDescription)));
        scan.AssertNothingLeaked(Planted);
    }

    [Fact]
    public void Public_objects_that_hold_a_token_do_not_print_it()
    {
        var scan = new LeakScan();
        scan.Add(CodCredential.FromAccessToken(Planted));
        scan.Add(new CodDownloadOptions { Credential = CodCredential.FromAccessToken(Planted) });
        scan.Add(BucketDetails.Parse($"https://host/some-bucket/p?token={Planted}").ToString());
        scan.Add(Record.Exception(() => BucketDetails.Parse($"https://host/?token={Planted}")));
        scan.Add(Record.Exception(() => BucketDetails.Parse($"ftp://host/x?token={Planted}")));
        Assert.Empty(scan.Find([Planted]));
    }
}
