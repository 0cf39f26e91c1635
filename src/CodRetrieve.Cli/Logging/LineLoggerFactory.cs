using Microsoft.Extensions.Logging;

namespace CodRetrieve.Cli.Logging;

/// <summary>Writes the library's log messages as plain lines. Thread safe if the writer is.</summary>
/// <param name="writer">Standard error.</param>
/// <param name="least">The least level that is written.</param>
/// <param name="hide">Takes secrets out of a line.</param>
internal sealed class LineLoggerFactory(TextWriter writer, LogLevel least, Func<string, string> hide) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new LineLogger(writer, least, hide, categoryName);

    /// <summary>There is one place for lines to go to, and it is known already.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
