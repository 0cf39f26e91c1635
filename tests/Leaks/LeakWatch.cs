using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Tests.Leaks;

/// <summary>
/// Looks at what is logged, thrown and raised while tests run, and keeps what holds something sensitive, with the place where it was said.
/// Safe for use by all tests at once.
/// </summary>
internal sealed class LeakWatch
{
    private const int MaxSightings = 50;

    private static readonly AsyncLocal<LeakWatch?> Isolated = new();

    private readonly ConcurrentQueue<string> _sightings = new();
    private long _looked;

    /// <summary>The one of the whole suite.</summary>
    public static LeakWatch Suite { get; } = new();

    /// <summary>The one that sees what is said here: that of the suite, unless a test plants something.</summary>
    public static LeakWatch Current => Isolated.Value ?? Suite;

    /// <summary>How many texts were looked at.</summary>
    public long Looked => Interlocked.Read(ref _looked);

    /// <summary>What was seen: the place, the text, and the way there.</summary>
    public IReadOnlyCollection<string> Sightings => _sightings;

    /// <summary>From here on, in this test and what it calls, a watch of its own sees what is said, and that of the suite does not.</summary>
    public static LeakWatch Isolate() => Isolated.Value = new LeakWatch();

    /// <summary>Loggers that show what they log to the watch before they pass it on.</summary>
    public static ILoggerFactory Loggers(ILoggerFactory? inner = null) => new WatchedLoggers(inner ?? NullLoggerFactory.Instance);

    public void Look(string place, string? text)
    {
        Interlocked.Increment(ref _looked);
        if (!string.IsNullOrEmpty(text) && Sensitive.In(text) is { } sensitive && _sightings.Count < MaxSightings)
        {
            _sightings.Enqueue($"'{sensitive}' in {place}: {text}\n{Way()}");
        }
    }

    // The library's and the tests' own methods on the way to here.
    private static string Way() => string.Concat(new StackTrace(1, fNeedFileInfo: true).GetFrames()
        .Where(frame => frame.GetMethod()?.DeclaringType is { } type && type.FullName!.StartsWith("CodRetrieve", StringComparison.Ordinal) && type.Namespace != typeof(LeakWatch).Namespace)
        .Select(frame => $"   at {frame.GetMethod()!.DeclaringType}.{frame.GetMethod()!.Name}, {Path.GetFileName(frame.GetFileName())}:{frame.GetFileLineNumber()}\n"));

    public void Look(string place, Exception? exception)
    {
        // The messages: their traces name methods and files only.
        for (var depth = 0; exception is not null && depth < 20; depth++)
        {
            Look($"{place} ({exception.GetType()})", exception.Message);
            if (exception is AggregateException { InnerExceptions: { Count: > 1 } several })
            {
                foreach (var one in several)
                {
                    Look(place, one);
                }
            }

            exception = exception.InnerException;
        }
    }

    /// <summary>Looks at everything that an object says.</summary>
    public void LookAt(string place, object? value)
    {
        foreach (var text in Said.By(value))
        {
            Look(place, text);
        }
    }
}
