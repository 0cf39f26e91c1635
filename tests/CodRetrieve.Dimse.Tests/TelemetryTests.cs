using CodRetrieve.Dimse.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Dimse.Tests;

/// <summary>What deliveries count.</summary>
[Collection(TelemetryCollection.Name)]
public sealed class TelemetryTests
{
    [Fact(Timeout = 60_000)]
    public async Task What_is_counted_has_the_numbers_of_the_handler()
    {
        await using var store = await TestStore.StartAsync();
        await using var archive = new FakeArchive { OnStore = static number => number switch { 1 => 0xA700, 2 => 0xC000, _ => 0 } };
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 12, InstanceSizeBytes = 20_000 });
        store.Put(study);
        using var meter = new MeterRecorder();

        await using var handler = new DimseSaveHandler(archive.Address, new() { MaxAssociations = 1, RetryDelay = TimeSpan.Zero, AskForExisting = false });
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);
        var result = await cod.CreateJob([study.StudyInstanceUid], handler).RunAsync();

        Assert.Equal((11, 1), (result.InstancesSaved, result.InstancesFailed));
        foreach (var outcome in Enum.GetValues<DimseDeliveryOutcome>())
        {
            Assert.Equal(handler.Counts.Of(outcome), meter.Sum("codretrieve.instances.delivered", $"=c-store,codretrieve.delivery.outcome={outcome}"));
        }

        Assert.Equal(1, meter.Sum("codretrieve.deliveries.retried", "c-store"));
        Assert.Equal(13, meter.Count("codretrieve.delivery.duration"));
        Assert.InRange(meter.Sum("codretrieve.bytes.sent", "c-store"), 11 * 18_000, 13 * 20_000);
    }
}
