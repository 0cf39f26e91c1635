using System.CommandLine.Parsing;
using System.Globalization;
using CodRetrieve.Cli.Options;
using CodRetrieve.Cli.Output;
using CodRetrieve.DicomWeb;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Cli.Input;

/// <summary>Reads the values of options that are more than a text, and says what they must be.</summary>
internal static class OptionValues
{
    public static int? ParseCount(ArgumentResult result, int least, int most)
    {
        if (int.TryParse(result.Tokens[^1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= least && count <= most)
        {
            return count;
        }

        result.AddError($"{NameOf(result)} must be a number from {least} to {most}.");
        return null;
    }

    public static long? ParseRate(ArgumentResult result, long least)
    {
        if (ByteRate.TryParse(result.Tokens[^1].Value, out var rate) && rate >= least)
        {
            return rate;
        }

        result.AddError($"{NameOf(result)} must be a number of bytes per second, at least {least}, with or without K, M or G: for example 20M.");
        return null;
    }

    public static TimeSpan? ParseDuration(ArgumentResult result)
    {
        if (Duration.TryParse(result.Tokens[^1].Value, out var duration))
        {
            return duration;
        }

        result.AddError($"{NameOf(result)} must be a length of time, such as 45s, 15m or 6h.");
        return null;
    }

    public static LogLevel ParseLogLevel(ArgumentResult result) =>
        ParseName(result, "trace, debug, information, warning, error, critical or none", LogLevel.None);

    public static Durability ParseDurability(ArgumentResult result) => ParseName(result, "study, instance or none", Durability.Study);

    public static ProgressMode ParseProgressMode(ArgumentResult result) => ParseName(result, "auto, plain, bar, json or none", ProgressMode.Auto);

    public static FileTimes ParseFileTimes(ArgumentResult result) => ParseName(result, "saved, tar or index", FileTimes.Saved);

    public static ListLevel ParseListLevel(ArgumentResult result) => ParseName(result, "study, series or instance", ListLevel.Study);

    public static StorageClass? ParseStorageClass(ArgumentResult result) => ParseName(result, "standard, nearline, coldline or archive", StorageClass.Archive);

    public static ExistingFilePolicy ParseExistingFilePolicy(ArgumentResult result) =>
        result.Tokens[^1].Value.Equals("verify", StringComparison.OrdinalIgnoreCase)
            ? ExistingFilePolicy.VerifyAndReplace
            : ParseName(result, "verify, keep or fail", ExistingFilePolicy.VerifyAndReplace);

    public static DeliveryVerification? ParseDeliveryVerification(ArgumentResult result) => ParseName(result, "none, exists or bytes", DeliveryVerification.None);

    public static SelectionScope ParseScope(ArgumentResult result) => ParseName(result, "instance, series or study", SelectionScope.Instance);

    public static UnknownPolicy ParseUnknownPolicy(ArgumentResult result) => ParseName(result, "exclude, include or fail", UnknownPolicy.Exclude);

    /// <summary>Reads conditions that must all be met.</summary>
    public static InstanceFilter? ParseFilter(ArgumentResult result) => Read(result, static texts =>
        texts.Select(InstanceFilter.Parse).Aggregate(static (all, one) => all & one));

    public static InstanceSample? ParseSample(ArgumentResult result) => Read(result, static texts => InstanceSample.Parse(texts[^1]));

    private static T? Read<T>(ArgumentResult result, Func<IReadOnlyList<string>, T> read)
        where T : class
    {
        try
        {
            return read([.. result.Tokens.Select(static token => token.Value)]);
        }
        catch (FormatException e)
        {
            result.AddError($"{NameOf(result)}: {e.Message}");
            return null;
        }
    }

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

        result.AddError($"{NameOf(result)} must be {names}.");
        return otherwise;
    }

    private static string NameOf(ArgumentResult result) => ((OptionResult)result.Parent!).Option.Name;
}
