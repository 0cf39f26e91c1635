using System.Diagnostics.Metrics;

namespace CodRetrieve.Diagnostics;

/// <summary>The instruments of the meter <c>CodRetrieve</c>. Without a listener each call is one look at a field.</summary>
internal static class CodMeter
{
    public const string Name = "CodRetrieve";

    private const string Protocol = "codretrieve.delivery.protocol";

    private static readonly Meter Meter = new(Name, typeof(CodMeter).Assembly.GetName().Version?.ToString(3));

    // Before the instruments that take it: fields are initialized in this order.
    private static readonly InstrumentAdvice<double> Durations = new() { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800] };

    public static readonly Counter<long> BytesReceived =
        Meter.CreateCounter<long>("codretrieve.bytes.received", "By", "Bytes of tars that came over the wire.");

    public static readonly Counter<long> InstancesSaved =
        Meter.CreateCounter<long>("codretrieve.instances.saved", "{instance}", "Instances verified and saved.");

    public static readonly Counter<long> InstancesFailed =
        Meter.CreateCounter<long>("codretrieve.instances.failed", "{instance}", "Instances that could not be saved.");

    public static readonly UpDownCounter<long> SeriesQueued =
        Meter.CreateUpDownCounter<long>("codretrieve.queue.series", "{series}", "Series planned and not yet at their end.");

    public static readonly UpDownCounter<long> ConnectionsActive =
        Meter.CreateUpDownCounter<long>("codretrieve.connections.active", "{connection}", "Requests in flight.");

    public static readonly UpDownCounter<long> ConnectionsLimit =
        Meter.CreateUpDownCounter<long>("codretrieve.connections.limit", "{connection}", "Requests that may be in flight, as jobs find right for the store.");

    private static readonly Counter<long> RequestsRetried =
        Meter.CreateCounter<long>("codretrieve.requests.retried", "{request}", "Requests made again, and bodies resumed.");

    private static readonly Histogram<double> SegmentDuration = Meter.CreateHistogram(
        "codretrieve.segment.duration",
        "s",
        "From the request of a segment (or of a scan of a tar) until its instances are saved, or a tar was read whole.",
        tags: null,
        advice: Durations);

    private static readonly Counter<long> InstancesDelivered =
        Meter.CreateCounter<long>("codretrieve.instances.delivered", "{instance}", "Instances that were sent to a receiver, by what became of them.");

    private static readonly Counter<long> BytesSent =
        Meter.CreateCounter<long>("codretrieve.bytes.sent", "By", "Bytes of instances that were sent to receivers.");

    private static readonly Counter<long> DeliveriesRetried =
        Meter.CreateCounter<long>("codretrieve.deliveries.retried", "{instance}", "Instances that were sent again.");

    private static readonly Histogram<double> DeliveryDuration = Meter.CreateHistogram(
        "codretrieve.delivery.duration",
        "s",
        "From the beginning of a request with instances until its response.",
        tags: null,
        advice: Durations);

    /// <param name="protocol">How the receiver was spoken to: <c>stow-rs</c> or <c>c-store</c>.</param>
    /// <param name="outcome">What became of an instance.</param>
    public static void InstanceDelivered(string protocol, string outcome) =>
        InstancesDelivered.Add(1, new KeyValuePair<string, object?>(Protocol, protocol), new KeyValuePair<string, object?>("codretrieve.delivery.outcome", outcome));

    public static void BytesDelivered(string protocol, long bytes) => BytesSent.Add(bytes, new KeyValuePair<string, object?>(Protocol, protocol));

    public static void DeliveryRetried(string protocol, int instances) => DeliveriesRetried.Add(instances, new KeyValuePair<string, object?>(Protocol, protocol));

    public static void DeliveryEnded(string protocol, TimeSpan duration) => DeliveryDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(Protocol, protocol));

    public static void RequestRetried(ObjectStoreFailure? reason)
    {
        if (RequestsRetried.Enabled)
        {
            RequestsRetried.Add(1, new KeyValuePair<string, object?>("error.type", reason?.ToString() ?? "Other"));
        }
    }

    public static void SegmentEnded(TimeSpan duration, string kind) =>
        SegmentDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("codretrieve.segment.kind", kind));
}
