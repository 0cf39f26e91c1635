using System.Globalization;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Cli.Logging;

/// <summary>One line for each message: level, category, event id, text, and what was thrown.</summary>
internal sealed class LineLogger(TextWriter writer, LogLevel least, Func<string, string> hide, string category) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var thrown = exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})";
        var line = string.Create(CultureInfo.InvariantCulture, $"{NameOf(logLevel)}: {category}[{eventId.Id}] {formatter(state, exception)}{thrown}");
        writer.WriteLine(hide(line.ReplaceLineEndings(" ")));
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "critical",
    };
}
