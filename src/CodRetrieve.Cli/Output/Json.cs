using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace CodRetrieve.Cli.Output;

/// <summary>How reports become JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(DownloadReport))]
[JsonSerializable(typeof(StatsReport))]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class Json : JsonSerializerContext
{
    /// <summary>The name of an enumeration's value, written like that of a property.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static void Write<T>(TextWriter output, T report, JsonTypeInfo<T> type) => output.WriteLine(JsonSerializer.Serialize(report, type));
}
