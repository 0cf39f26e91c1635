using System.Text.RegularExpressions;

namespace CodRetrieve.Cli.Input;

/// <summary>Takes tokens out of messages that repeat what was typed, such as those of the parser.</summary>
internal static partial class Secrets
{
    /// <summary>The message without the words of a command line that are tokens.</summary>
    public static string HideTyped(string message, IReadOnlyList<string> args)
    {
        var tokens = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            tokens.Add(args[i] == "--token" && i + 1 < args.Count ? args[i + 1]
                : args[i].StartsWith("--token=", StringComparison.Ordinal) || args[i].StartsWith("--token:", StringComparison.Ordinal) ? args[i][8..]
                : "");
        }

        return Hide(message, tokens);
    }

    /// <summary>The message without these tokens, and without those in a URL.</summary>
    public static string Hide(string message, IReadOnlyList<string> tokens)
    {
        foreach (var token in tokens.Where(token => token.Length > 0))
        {
            message = message.Replace(token, "***", StringComparison.Ordinal);
        }

        return TokenInUrl().Replace(message, "token=***");
    }

    [GeneratedRegex(@"token=[^&#'""\s]+", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TokenInUrl();
}
