using Microsoft.Extensions.Logging;

namespace CodRetrieve.Cli.Logging;

/// <summary>
/// Says why a command waits, where nothing else does: once a minute, when a request has been tried again some times. Takes it from the library's log. Thread safe.
/// </summary>
/// <param name="writer">Standard error.</param>
/// <param name="time">The clock.</param>
internal sealed class OutageNotice(TextWriter writer, TimeProvider time) : ILoggerFactory, ILogger
{
    // "Retrying a request", and "cannot take instances now", see docs/telemetry.md.
    private const int RequestRetried = 100;
    private const int ReceiverAwaited = 500;

    // With the waits in between that is some seconds: nothing that passes by itself at once.
    private const int NotableAttempt = 4;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly object _lock = new();
    private long? _last;

    public ILogger CreateLogger(string categoryName) => this;

    /// <summary>There is one place for lines to go to, and it is known already.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id is not (RequestRetried or ReceiverAwaited) || state is not IReadOnlyList<KeyValuePair<string, object?>> values
            || values.FirstOrDefault(value => value.Key == "Attempt").Value is not >= NotableAttempt)
        {
            return;
        }

        lock (_lock)
        {
            if (_last is { } last && time.GetElapsedTime(last) < Interval)
            {
                return;
            }

            _last = time.GetTimestamp();
        }

        var cause = values.FirstOrDefault(value => value.Key == "Cause").Value;
        writer.WriteLine($"warning: waiting, and trying again for as long as --retry-for says: {cause}".ReplaceLineEndings(" "));
    }

    public void Dispose()
    {
    }
}
