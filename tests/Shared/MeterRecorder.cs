using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace CodRetrieve.Tests.Support;

/// <summary>Adds up what the library's meter tells while it lives.</summary>
internal sealed class MeterRecorder : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, double Value, string Tags)> _measurements = new();

    public MeterRecorder()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "CodRetrieve")
            {
                Instruments.Add(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public ConcurrentBag<Instrument> Instruments { get; } = [];

    public double Sum(string name, string tags = "") => Of(name).Where(one => one.Tags.Contains(tags, StringComparison.Ordinal)).Sum(one => one.Value);

    public int Count(string name) => Of(name).Count();

    /// <summary>The highest that a running sum became.</summary>
    public double Peak(string name)
    {
        var (sum, peak) = (0.0, 0.0);
        foreach (var one in Of(name))
        {
            sum += one.Value;
            peak = Math.Max(peak, sum);
        }

        return peak;
    }

    public IEnumerable<string> TagsOf(string name) => Of(name).Select(one => one.Tags).Distinct();

    public void Dispose() => _listener.Dispose();

    private IEnumerable<(string Name, double Value, string Tags)> Of(string name) => _measurements.Where(one => one.Name == name);

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Join(",", tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
        _measurements.Enqueue((instrument.Name, value, text));
    }
}
