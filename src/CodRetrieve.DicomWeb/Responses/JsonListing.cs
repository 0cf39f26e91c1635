using System.Globalization;
using System.Text.Json;

namespace CodRetrieve.DicomWeb;

/// <summary>Reads the DICOM JSON model (PS3.18, annex F) as far as responses of receivers need it; what is not of that form is passed over.</summary>
internal static class JsonListing
{
    public static StoreListing Parse(ReadOnlyMemory<byte> body)
    {
        var listing = new StoreListing();
        foreach (var dataset in Datasets(body))
        {
            AddAll(listing, dataset, "00081199", "00081196", isFailed: false);
            AddAll(listing, dataset, "00081198", "00081197", isFailed: true);
        }

        return listing;
    }

    /// <summary>The data sets of a response, which is one or an array of them; none where it is no JSON.</summary>
    public static IReadOnlyList<JsonElement> Datasets(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement.Clone();
            return root.ValueKind switch
            {
                JsonValueKind.Array => [.. root.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.Object)],
                JsonValueKind.Object => [root],
                _ => [],
            };
        }
        catch (JsonException)
        {
            // A body that was cut says nothing that could be relied on.
            return [];
        }
    }

    public static string? Text(JsonElement dataset, string tag) => First(dataset, tag) switch
    {
        { ValueKind: JsonValueKind.String } text => StoreListing.Clean(text.GetString()),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    public static int? Number(JsonElement dataset, string tag) =>
        int.TryParse(Text(dataset, tag), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static void AddAll(StoreListing listing, JsonElement dataset, string sequence, string reason, bool isFailed)
    {
        foreach (var item in Values(dataset, sequence).Where(static one => one.ValueKind == JsonValueKind.Object))
        {
            listing.Add(isFailed, Text(item, "00081155"), Number(item, reason));
        }
    }

    private static JsonElement? First(JsonElement dataset, string tag)
    {
        foreach (var value in Values(dataset, tag))
        {
            return value;
        }

        return null;
    }

    private static JsonElement.ArrayEnumerator Values(JsonElement dataset, string tag)
    {
        foreach (var member in dataset.EnumerateObject())
        {
            if (string.Equals(member.Name, tag, StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind == JsonValueKind.Object
                && member.Value.TryGetProperty("Value", out var values) && values.ValueKind == JsonValueKind.Array)
            {
                return values.EnumerateArray();
            }
        }

        return default;
    }
}
