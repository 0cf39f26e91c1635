using System.Diagnostics;
using System.Diagnostics.Metrics;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Tests.Reliability;

/// <summary>The watch over the whole suite finds what is planted, by the ways on which things are said. Here it goes to a watch of its own.</summary>
[Collection(AloneCollection.Name)]
public sealed class LeakWatchTests
{
    private const string Planted = "ya29.planted";

    private readonly LeakWatch _watch = LeakWatch.Isolate();

    [Theory]
    [InlineData(Planted)]
    [InlineData("GET /storage/v1/b/x/o/y?alt=media")]
    [InlineData("The patient Synthetic^Patient")]
    [InlineData("https://host/bucket?token=x")]
    public void Finds_it_in_an_exception_that_is_caught(string text)
    {
        Assert.NotNull(Record.Exception(() => Throw(new IOException("outer", new InvalidOperationException(text)))));
        AssertFound(text);
    }

    [Fact]
    public void Finds_it_in_an_exception_of_several()
    {
        Assert.NotNull(Record.Exception(() => Throw(new AggregateException("Two.", new IOException("x"), new IOException(Planted)))));
        AssertFound(Planted);
    }

    [Fact]
    public void Finds_it_in_a_log_message_at_any_level_and_in_what_it_was_made_from()
    {
        var logger = LeakWatch.Loggers().CreateLogger("category");
        LoggerMessage.Define<string>(LogLevel.Trace, 7, "Of {Name}.")(logger, Planted, null);
        AssertFound(Planted);
    }

    [Fact(Timeout = 30_000)]
    public async Task Finds_it_in_a_tag_of_an_activity_and_of_a_metric()
    {
        await Task.Yield();
        using var source = new ActivitySource("CodRetrieve");
        source.StartActivity("planted")!.SetTag("a", Planted).Dispose();
        AssertFound(Planted);
        var found = _watch.Sightings.Count;
        using var meter = new Meter("CodRetrieve");
        meter.CreateCounter<long>("planted").Add(1, new KeyValuePair<string, object?>("b", Planted));
        Assert.Equal(found + 1, _watch.Sightings.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task Finds_it_in_the_log_the_events_and_the_result_of_a_job()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 2 });
        store.Put(study);
        // A save handler of a user's own that says too much.
        var handler = new MemorySaveHandler { BeforeReading = (_, _) => Task.FromException(new NotSupportedException(Planted)) };
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);

        await cod.CreateWatchedJob([study.StudyInstanceUid], handler).RunAsync();

        AssertFound(Planted);
        Assert.Contains(_watch.Sightings, sighting => sighting.Contains("an error event", StringComparison.Ordinal));
        Assert.Contains(_watch.Sightings, sighting => sighting.Contains("a result", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Use https://host/bucket/prefix?token=..., or a folder.", null)]
    [InlineData("Use https://host/bucket/prefix?token=..., not https://host/bucket/prefix?token=x.", "?token=")]
    [InlineData("https://host/bucket/prefix?token=*** is unknown.", null)]
    [InlineData("Nothing to see.", null)]
    public void A_place_for_a_token_is_no_token(string text, string? expected) => Assert.Equal(expected, Sensitive.In(text));

    [FixtureFact]
    public async Task Knows_the_patients_of_the_store_that_the_writer_wrote()
    {
        await Task.Yield();
        // Six IDs and more names are in it.
        Assert.InRange(Sensitive.Texts.Count, Sensitive.OfSyntheticStudies.Count + 15, int.MaxValue);
        Assert.NotNull(Sensitive.In("gs://clinic-pacs/incoming/1.dcm"));
    }

    [Fact]
    public void Says_what_it_was_and_where()
    {
        _watch.Look("a place", $"Something {Planted}.");
        var sighting = Assert.Single(_watch.Sightings);
        Assert.StartsWith("'ya29.' in a place: Something ya29.planted.", sighting, StringComparison.Ordinal);
        Assert.Contains(nameof(Says_what_it_was_and_where), sighting, StringComparison.Ordinal);
    }

    private static void Throw(Exception exception) => throw exception;

    private void AssertFound(string text)
    {
        var all = string.Join('\n', _watch.Sightings);
        Assert.NotEmpty(_watch.Sightings);
        Assert.Contains(text, all, StringComparison.Ordinal);
        Assert.DoesNotContain(LeakWatch.Suite.Sightings, sighting => sighting.Contains(Planted, StringComparison.Ordinal));
    }
}
