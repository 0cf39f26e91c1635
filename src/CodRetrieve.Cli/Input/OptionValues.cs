using System.CommandLine.Parsing;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Cli.Input;

/// <summary>Reads the values of options that are more than a text, and says what they must be.</summary>
internal static class OptionValues
{
    public static int? ParseConnections(ArgumentResult result)
    {
        if (int.TryParse(result.Tokens[^1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 256)
        {
            return count;
        }

        result.AddError("--connections must be a number from 1 to 256.");
        return null;
    }

    public static long? ParseRate(ArgumentResult result)
    {
        if (ByteRate.TryParse(result.Tokens[^1].Value, out var rate))
        {
            return rate;
        }

        result.AddError("--limit-rate must be a number of bytes per second, at least 1024, with or without K, M or G: for example 20M.");
        return null;
    }

    public static TimeSpan? ParseDuration(ArgumentResult result)
    {
        if (Duration.TryParse(result.Tokens[^1].Value, out var duration))
        {
            return duration;
        }

        result.AddError($"{((OptionResult)result.Parent!).Option.Name} must be a length of time, such as 45s, 15m or 6h.");
        return null;
    }

    public static LogLevel ParseLogLevel(ArgumentResult result) =>
        ParseName(result, "trace, debug, information, warning, error, critical or none", LogLevel.None);

    public static Durability ParseDurability(ArgumentResult result) => ParseName(result, "study, instance or none", Durability.Study);

    public static ExistingFilePolicy ParseExistingFilePolicy(ArgumentResult result) =>
        result.Tokens[^1].Value.Equals("verify", StringComparison.OrdinalIgnoreCase)
            ? ExistingFilePolicy.VerifyAndReplace
            : ParseName(result, "verify, keep or fail", ExistingFilePolicy.VerifyAndReplace);

    // By name only: the standard parser takes numbers, too.
    private static T ParseName<T>(ArgumentResult result, string names, T otherwise)
        where T : struct, Enum
    {
        var text = result.Tokens[^1].Value;
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(text, value.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        result.AddError($"{((OptionResult)result.Parent!).Option.Name} must be {names}.");
        return otherwise;
    }
}
