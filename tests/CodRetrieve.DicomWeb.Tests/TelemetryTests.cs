using CodRetrieve.DicomWeb.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.DicomWeb.Tests;

/// <summary>What deliveries count and log.</summary>
[Collection(TelemetryCollection.Name)]
public sealed class TelemetryTests
{
    [Fact(Timeout = 60_000)]
    public async Task What_is_counted_and_logged_has_the_numbers_and_names_nobody()
    {
        await using var site = await Delivering.StartAsync(new() { AcceptedAuthorizations = ["Bearer fresh-secret-token"] });
        var study = site.Put(instances: 1, series: 12);
        var tokens = new Queue<string>(["stale-secret-token", "fresh-secret-token"]);
        var log = new ListLogger();
        foreach (var (fault, times) in new[] { (ReceiverFault.Status(503, retryAfterSeconds: 0), 2), (ReceiverFault.ListNothing(), 1), (ReceiverFault.RefuseAll(272, "299 pacs \"Synthetic^Patient\""), 1) })
        {
            site.Receiver.Fail(fault, times);
        }

        using var meter = new MeterRecorder();
        var (result, counts) = await site.SendAsync(study, options =>
        {
            options.MaxRequests = 1;
            options.Credential = CodCredential.FromTokenProvider(_ => new(tokens.Dequeue()));
            options.Logger = LeakWatch.Loggers(log).CreateLogger("CodRetrieve.StowSaveHandler");
        });

        foreach (var outcome in Enum.GetValues<DeliveryOutcome>())
        {
            Assert.Equal(counts.Of(outcome), meter.Sum("codretrieve.instances.delivered", outcome.ToString()));
        }

        Assert.InRange(result.InstancesFailed, 1, 12);
        Assert.InRange(meter.Sum("codretrieve.bytes.sent", "stow-rs"), site.Receiver.Instances.Values.Sum(bytes => bytes.Length), long.MaxValue);
        Assert.InRange(meter.Sum("codretrieve.deliveries.retried", "stow-rs"), 2, 30);
        Assert.Equal(site.Stores.Count(request => request.Status != 401), meter.Count("codretrieve.delivery.duration"));
        Assert.Superset(
            new HashSet<int>([500, 501, 502, 504, 505]), log.Entries.Select(entry => entry.Id.Id).ToHashSet());
        Assert.All(log.Entries, entry => Assert.DoesNotContain("Patient", entry.Message, StringComparison.Ordinal));
        Assert.All(log.Entries, entry => Assert.DoesNotContain("secret-token", entry.Message, StringComparison.Ordinal));
    }
}
