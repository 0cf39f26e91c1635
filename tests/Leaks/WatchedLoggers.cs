using Microsoft.Extensions.Logging;

namespace CodRetrieve.Tests.Leaks;

/// <summary>Shows everything that is logged, at any level, to the watch, and passes it on.</summary>
internal sealed class WatchedLoggers(ILoggerFactory inner) : ILoggerFactory, ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Watched(categoryName, inner.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose()
    {
        // The inner one is not owned.
    }

    private sealed class Watched(string category, ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            LeakWatch.Current.Look($"a log scope of {category}", state.ToString());
            return inner.BeginScope(state);
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var watch = LeakWatch.Current;
            watch.Look($"log message {eventId} of {category}", formatter(state, exception));
            watch.Look($"log message {eventId} of {category}", exception);
            foreach (var (name, value) in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
            {
                watch.Look($"{name} of log message {eventId} of {category}", value?.ToString());
            }

            if (inner.IsEnabled(logLevel))
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
