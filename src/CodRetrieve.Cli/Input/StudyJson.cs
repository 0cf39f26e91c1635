using System.Text.Json;

namespace CodRetrieve.Cli.Input;

/// <summary>A line with an object in JSON that names a study: by a property of its own, or as DICOM JSON does (PS3.18, F.2).</summary>
internal static class StudyJson
{
    /// <returns>The study; <see langword="null"/> where the line names none.</returns>
    public static string? StudyIn(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line.TrimEnd(','));
            foreach (var property in json.RootElement.EnumerateObject().Where(property => StudyColumn.Is(property.Name)))
            {
                return ValueOf(property.Value);
            }

            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.Trim(),
        JsonValueKind.Object when value.TryGetProperty("Value", out var values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() == 1 => ValueOf(values[0]),
        _ => null,
    };
}
