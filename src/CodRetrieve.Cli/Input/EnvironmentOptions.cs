using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using CodRetrieve.Cli.Options;

namespace CodRetrieve.Cli.Input;

/// <summary>
/// Options from environment variables: <c>--limit-rate</c> is <c>COD_RETRIEVE_LIMIT_RATE</c>, and so on. They become words of the command
/// line, so that they are read, checked and explained like those that are typed.
/// </summary>
internal static class EnvironmentOptions
{
    private const string Prefix = "COD_RETRIEVE_";

    // Whose rights are used is one decision: where it is typed, none of these is taken from the environment.
    private static readonly string[] Rights = LoginOptions.Rights;

    public static string VariableOf(Option option) => VariableOf(option.Name);

    /// <summary>The variables that <see cref="WordsFor"/> found.</summary>
    public static IEnumerable<string> VariablesOf(IReadOnlyList<string> words) => words.Select(word => VariableOf(word.Split('=')[0]));

    private static string VariableOf(string name) => Prefix + name.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>The options that a command knows, its own and those of all commands; without help and version, and those that only say what to do instead.</summary>
    public static IEnumerable<Option> Of(Command command) => command.Parents.OfType<Command>()
        .SelectMany(parent => parent.Options.Where(option => option.Recursive))
        .Concat(command.Options)
        .Where(option => option is not (HelpOption or VersionOption) && !option.Hidden);

    /// <summary>The words that the environment adds to a command line. Nothing for what was typed, and nothing for empty variables.</summary>
    public static IReadOnlyList<string> WordsFor(ParseResult typed, IReadOnlyDictionary<string, string?> environment)
    {
        var command = typed.CommandResult.Command;
        return command is RootCommand ? [] : [.. Of(command)
            .Where(option => !IsTyped(typed, option) && !IsOverruled(typed, option))
            .Select(option => (option.Name, Value: ValueOf(option, environment)))
            .Where(pair => pair.Value.Length > 0)
            .Select(pair => $"{pair.Name}={pair.Value}")];
    }

    /// <summary>The command line with these words, before what is no option for sure.</summary>
    public static string[] Insert(string[] args, IReadOnlyList<string> words)
    {
        var end = Array.IndexOf(args, "--");
        return end < 0 ? [.. args, .. words] : [.. args[..end], .. words, .. args[end..]];
    }

    // The token stays where it is: the credentials are chosen from it, and a token in the URL comes before it.
    private static bool IsOverruled(ParseResult typed, Option option) => option.Name == "--token"
        || (Rights.Contains(option.Name) && Of(typed.CommandResult.Command).Any(other => Rights.Contains(other.Name) && IsTyped(typed, other)));

    private static bool IsTyped(ParseResult typed, Option option) => typed.GetResult(option) is OptionResult { Implicit: false };

    private static string ValueOf(Option option, IReadOnlyDictionary<string, string?> environment)
    {
        var value = environment.GetValueOrDefault(VariableOf(option))?.Trim() ?? "";
        return option.ValueType != typeof(bool) ? value : value switch { "1" => "true", "0" => "false", _ => value };
    }
}
