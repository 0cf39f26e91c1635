using System.CommandLine;
using System.CommandLine.Invocation;
using CodRetrieve.Cli.Input;

namespace CodRetrieve.Cli;

/// <summary>The program, apart from the process that it runs in.</summary>
internal static class App
{
    /// <summary>Runs one command.</summary>
    /// <returns>The exit code, see <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellationToken)
    {
        // Log messages come from many threads.
        terminal = terminal with { Error = TextWriter.Synchronized(terminal.Error) };

        var commandLine = CommandLine.Create(terminal);
        var parsed = Parse(args);
        var words = EnvironmentOptions.WordsFor(parsed, terminal.Environment);
        if (words.Count > 0)
        {
            args = EnvironmentOptions.Insert(args, words);
            parsed = Parse(args);
        }

        if (parsed.Action is ParseErrorAction || parsed.Errors.Count > 0)
        {
            return Task.FromResult(Refuse(parsed, args, words, terminal.Error));
        }

        var configuration = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            // Signals are the business of whoever gives the token.
            ProcessTerminationTimeout = null,
        };
        return parsed.InvokeAsync(configuration, cancellationToken);

        // "@file" is ours: it lists studies, and not arguments.
        ParseResult Parse(string[] words) => commandLine.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
    }

    private static int Refuse(ParseResult parsed, string[] args, IReadOnlyList<string> words, TextWriter error)
    {
        foreach (var message in parsed.Errors.Select(e => e.Message).Distinct(StringComparer.Ordinal))
        {
            error.WriteLine("error: " + Secrets.HideTyped(message.ReplaceLineEndings(" "), args));
        }

        if (words.Count > 0)
        {
            error.WriteLine("Options were taken from " + string.Join(", ", EnvironmentOptions.VariablesOf(words)) + ".");
        }

        var command = parsed.CommandResult.Command;
        error.WriteLine(command is RootCommand ? "Try 'cod-retrieve --help'." : $"Try 'cod-retrieve {command.Name} --help'.");
        return ExitCode.Usage;
    }
}
