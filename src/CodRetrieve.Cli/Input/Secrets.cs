using System.Text.RegularExpressions;

namespace CodRetrieve.Cli.Input;

/// <summary>Takes tokens out of messages that repeat what was typed, such as those of the parser.</summary>
internal static partial class Secrets
{
    public static string Hide(string message, IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var value = args[i] == "--token" && i + 1 < args.Count ? args[i + 1]
                : args[i].StartsWith("--token=", StringComparison.Ordinal) || args[i].StartsWith("--token:", StringComparison.Ordinal) ? args[i][8..]
                : "";
            message = value.Length == 0 ? message : message.Replace(value, "***", StringComparison.Ordinal);
        }

        return TokenInUrl().Replace(message, "token=***");
    }

    [GeneratedRegex(@"token=[^&#'""\s]+", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TokenInUrl();
}
