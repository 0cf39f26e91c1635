using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace CodRetrieve.Tests.Leaks;

/// <summary>Shows every exception of the process, caught or not, and all telemetry of the library to the watch, from the first test on.</summary>
internal static class ProcessListeners
{
    private const string Telemetry = "CodRetrieve";

    [ThreadStatic]
    private static bool _isLooking;

    private static MeterListener? _meter;
    private static ActivityListener? _activities;

#pragma warning disable CA2255 // This is no library: nothing else runs before the first test.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Start()
    {
        AppDomain.CurrentDomain.FirstChanceException += Look;
        Listen();
    }

    /// <summary>Stops listening to telemetry until the answer is disposed, for tests of what it costs when nobody listens. These run while no other does.</summary>
    public static IDisposable PauseTelemetry()
    {
        _meter?.Dispose();
        _activities?.Dispose();
        return new Resumption();
    }

    private static void Listen()
    {
        var meter = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == Telemetry)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meter.SetMeasurementEventCallback<long>(static (instrument, _, tags, _) => Look(instrument, tags));
        meter.SetMeasurementEventCallback<double>(static (instrument, _, tags, _) => Look(instrument, tags));
        meter.Start();
        _meter = meter;
        ActivitySource.AddActivityListener(_activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = Look,
        });
    }

    private static void Look(object? sender, FirstChanceExceptionEventArgs args)
    {
        // What a look itself throws and catches is not looked at.
        if (_isLooking)
        {
            return;
        }

        _isLooking = true;
        try
        {
            LeakWatch.Current.Look("an exception thrown", args.Exception);
        }
        finally
        {
            _isLooking = false;
        }
    }

    private static void Look(Activity activity)
    {
        var watch = LeakWatch.Current;
        watch.Look("an activity's name", activity.DisplayName);
        watch.Look($"the status of activity {activity.OperationName}", activity.StatusDescription);
        foreach (var (name, value) in activity.TagObjects.Concat(activity.Events.SelectMany(one => one.Tags)))
        {
            watch.Look($"tag {name} of activity {activity.OperationName}", value?.ToString());
        }
    }

    private static void Look(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            LeakWatch.Current.Look(instrument.Name, tag.Value as string);
        }
    }

    private sealed class Resumption : IDisposable
    {
        public void Dispose() => Listen();
    }
}
