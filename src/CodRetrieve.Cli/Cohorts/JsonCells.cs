using System.Text.Json;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>An object in JSON that names a study, series or instance: by properties of its own, or as DICOM JSON does (PS3.18, F.2).</summary>
internal static class JsonCells
{
    /// <summary>The row of an object, or of a UID in quotes.</summary>
    /// <param name="line">The line in which it begins.</param>
    /// <param name="position">The character of that line at which it begins, from 1.</param>
    /// <param name="text">The whole of it.</param>
    /// <param name="builder">Makes the row.</param>
    /// <param name="wanted">The names of other properties that are wanted.</param>
    public static CohortLine Build(long line, int position, string text, CohortRowBuilder builder, IReadOnlyCollection<string> wanted)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.String)
            {
                return builder.Build(line, CohortUid.OfCell(json.RootElement.GetString()));
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

            return builder.Build(line, columns, cells);
        }
        catch (JsonException e)
        {
            // Its message has a part of the text.
            var behind = (int)(e.LineNumber ?? 0);
            return CohortLine.Malformed(line + behind, $"JSON that cannot be parsed, at character {CharactersBefore(text, behind, e.BytePositionInLine ?? 0) + (behind == 0 ? position : 1)}");
        }
        catch (InvalidOperationException)
        {
            return CohortLine.Malformed(line, "JSON with half a character (a surrogate without the other) in a text");
        }
    }

    // How many there are in a line in front of one of its bytes.
    private static int CharactersBefore(string text, int line, long bytes)
    {
        var rest = text.AsSpan();
        for (; line > 0; line--)
        {
            rest = rest[(rest.IndexOf('\n') + 1)..];
        }

        var count = 0;
        foreach (var rune in rest.EnumerateRunes())
        {
            if ((bytes -= rune.Utf8SequenceLength) < 0)
            {
                break;
            }

            count += rune.Utf16SequenceLength;
        }

        return count;
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
