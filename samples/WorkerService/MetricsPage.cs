using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace WorkerService;

/// <summary>
/// The library's metrics as text that Prometheus reads. Enough for a sample; a service of yours adds the meter <c>CodRetrieve</c> to its
/// OpenTelemetry instead.
/// </summary>
internal sealed class MetricsPage : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _sums = new(StringComparer.Ordinal);

    public MetricsPage()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "CodRetrieve")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument, value));
        _listener.Start();
    }

    public override string ToString() => string.Concat(_sums
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}\n")));

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value)
    {
        var name = instrument.Name.Replace('.', '_');
        switch (instrument)
        {
            case Counter<long>:
                Sum(name + "_total", value);
                break;
            case Histogram<double>:
                Sum(name + "_seconds_sum", value);
                Sum(name + "_seconds_count", 1);
                break;
            default:
                Sum(name, value);
                break;
        }
    }

    private void Sum(string name, double value) => _sums.AddOrUpdate(name, value, (_, sum) => sum + value);
}
