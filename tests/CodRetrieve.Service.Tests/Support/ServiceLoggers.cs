using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Service.Tests.Support;

/// <summary>
/// Shows what the service logs to the watch: its own messages at any level, and those of the frameworks from the level on that <c>appsettings.json</c> sets. Below it they hold
/// the names of schemes, and paths as callers wrote them.
/// </summary>
internal sealed class ServiceLoggers(ILoggerFactory watched) : ILoggerFactory
{
    private static readonly string[] Frameworks = ["Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "Hangfire"];

    public ILogger CreateLogger(string categoryName) =>
        Array.Exists(Frameworks, name => categoryName.StartsWith(name, StringComparison.Ordinal)) ? new FromWarning(watched.CreateLogger(categoryName)) : watched.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => watched.AddProvider(provider);

    public void Dispose() => watched.Dispose();

    private sealed class FromWarning(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
