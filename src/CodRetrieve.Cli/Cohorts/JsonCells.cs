using System.Text.Json;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>An object in JSON that names a study, series or instance: by properties of its own, or as DICOM JSON does (PS3.18, F.2).</summary>
internal static class JsonCells
{
    public static CohortLine Build(long line, string text, CohortRowBuilder builder, IReadOnlyCollection<string> wanted)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.String)
            {
                return builder.Build(line, CohortUid.OfCell(json.RootElement.GetString())).Showing(text);
            }

            var names = new List<string>();
            var values = new List<JsonElement>();
            foreach (var property in json.RootElement.EnumerateObject())
            {
                names.Add(property.Name);
                values.Add(property.Value);
            }

            var columns = CohortColumns.Of(names, wanted);
            var cells = new string?[names.Count];
            foreach (var column in columns.Uids)
            {
                // A number where a UID should be is no UID, also where its digits could be one.
                cells[column] = UidOf(values[column]) is { } uid ? CohortUid.OfCell(uid) : values[column].ValueKind == JsonValueKind.Null ? null : "?";
            }

            foreach (var column in columns.Others)
            {
                cells[column] = TextOf(values[column]);
            }

            return builder.Build(line, columns, cells).Showing(text);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter for half a surrogate in a string.
            return CohortLine.WithoutUid(line, text);
        }
    }

    private static string? UidOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Object when !value.TryGetProperty("Value", out _) => "",
        JsonValueKind.Object when value.TryGetProperty("Value", out var values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() == 1 => UidOf(values[0]),
        _ => null,
    };

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Object when value.TryGetProperty("Value", out var values) => TextOf(values),
        // A name of a person (PS3.18, F.2.2).
        JsonValueKind.Object => value.TryGetProperty("Alphabetic", out var name) ? TextOf(name) : null,
        JsonValueKind.Array => string.Join('\\', value.EnumerateArray().Select(TextOf)),
        _ => value.GetRawText(),
    };
}
