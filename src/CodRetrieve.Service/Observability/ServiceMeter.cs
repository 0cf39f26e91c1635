using System.Diagnostics.Metrics;
using CodRetrieve.Service.Ledger;

namespace CodRetrieve.Service.Observability;

/// <summary>What the service counts, as the meter <c>CodRetrieve.Service</c>.</summary>
internal sealed class ServiceMeter
{
    public const string Name = "CodRetrieve.Service";

    private readonly Counter<long> _runs;
    private readonly Counter<long> _received;
    private readonly Counter<long> _saved;
    private readonly Counter<long> _studiesSaved;
    private readonly Counter<long> _studiesFailed;
    private volatile LedgerGauges _gauges = new(0, 0, 0, 0);

    public ServiceMeter(IMeterFactory factory)
    {
        var meter = factory.Create(Name);
        _runs = meter.CreateCounter<long>("codretrieve.service.runs", "{run}", "Runs of shards that ended, by outcome.");
        _received = meter.CreateCounter<long>("codretrieve.service.received", "By", "Bytes received from stores, repetitions included.");
        _saved = meter.CreateCounter<long>("codretrieve.service.saved", "By", "Bytes handed to destinations.");
        _studiesSaved = meter.CreateCounter<long>("codretrieve.service.studies.saved", "{study}", "Studies that are whole at their destination.");
        _studiesFailed = meter.CreateCounter<long>("codretrieve.service.studies.failed", "{study}", "Studies that were given up, by reason.");
        meter.CreateObservableGauge("codretrieve.service.shards", ObserveShards, "{shard}", "Shards of requests under way, by state.");
        meter.CreateObservableGauge("codretrieve.service.queue.age", () => _gauges.QueueAgeSeconds, "s", "The age of the oldest request of which a shard waits.");
    }

    public void RunEnded(AttemptOutcome outcome, long received, long saved)
    {
        _runs.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
        _received.Add(received);
        _saved.Add(saved);
    }

    public void StudiesSaved(int count) => _studiesSaved.Add(count);

    public void StudyFailed(FailureReason reason) => _studiesFailed.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    /// <summary>Sets what the ledger showed last.</summary>
    public void Observe(LedgerGauges gauges) => _gauges = gauges;

    private Measurement<int>[] ObserveShards()
    {
        var gauges = _gauges;
        return [Of(gauges.Waiting, "Waiting"), Of(gauges.Queued, "Queued"), Of(gauges.Running, "Running")];

        static Measurement<int> Of(int count, string state) => new(count, new KeyValuePair<string, object?>("state", state));
    }
}
