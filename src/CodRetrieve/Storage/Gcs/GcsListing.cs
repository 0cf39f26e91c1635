using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CodRetrieve.IO;

namespace CodRetrieve.Storage;

/// <summary>Reads the response to a list request of the JSON API (<c>storage#objects</c>).</summary>
internal static partial class GcsListing
{
    // Cloud Storage's are some hundred characters.
    private const int MaxPageTokenLength = 16 * 1024;
    private const string Kind = "storage#objects";

    // A page has at most 1000 entries, and a name at most 1024 bytes: a real page stays well below.
    private const long MaxPageBytes = 32 * 1024 * 1024;

    public static async Task<ObjectListPage> ReadAsync(Stream content, string uri, CancellationToken cancellationToken)
    {
        try
        {
            var bounded = new LimitedStream(content, MaxPageBytes, uri);
            await using var closing = bounded.ConfigureAwait(false);
            var page = await JsonSerializer.DeserializeAsync(bounded, Json.Default.Page, cancellationToken).ConfigureAwait(false)
                ?? throw new ObjectStoreException(ObjectStoreFailure.InvalidResponse, $"{uri}: the listing is null.");
            if (page.Kind != Kind && page is { Items: not { Count: > 0 }, Prefixes: not { Count: > 0 } })
            {
                // A proxy or a captive portal that responds with 200 with JSON of its own must not read as an empty bucket.
                throw new ObjectStoreException(ObjectStoreFailure.InvalidResponse, $"{uri}: the response is not a listing.");
            }

            if (page.NextPageToken?.Length > MaxPageTokenLength)
            {
                throw new ObjectStoreException(ObjectStoreFailure.InvalidResponse, $"{uri}: the listing has a page token of {page.NextPageToken.Length} characters.");
            }

            return new ObjectListPage(
                page.Items?.Select(item => ToItem(item, uri)).ToList() ?? [],
                page.Prefixes?.OfType<string>().ToList() ?? [],
                string.IsNullOrEmpty(page.NextPageToken) ? null : page.NextPageToken);
        }
        catch (JsonException e)
        {
            // The message of a JsonException may quote the response; only its position is reported.
            throw new ObjectStoreException(ObjectStoreFailure.InvalidResponse, $"{uri}: the listing is not the JSON it should be (line {e.LineNumber}, byte {e.BytePositionInLine}).");
        }
    }

    private static ObjectInfo ToItem(Item? item, string uri)
    {
        if (string.IsNullOrEmpty(item?.Name) || item.Size is not (>= 0 and <= ObjectLimits.MaxBytes))
        {
            throw new ObjectStoreException(ObjectStoreFailure.InvalidResponse, $"{uri}: the listing has an object without a name or with a wrong size.");
        }

        return new ObjectInfo
        {
            Name = item.Name,
            SizeBytes = item.Size.Value,
            Generation = item.Generation,
            UpdatedAt = DateTimeOffset.TryParse(item.Updated, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var updated) ? updated : null,
            Crc32c = Crc32C.TryParse(item.Crc32c, out var crc) ? crc : null,
            ContentEncoding = item.ContentEncoding,
            StorageClass = string.IsNullOrEmpty(item.StorageClass) ? null : item.StorageClass,
        };
    }

    private sealed record Page(string? Kind, List<Item?>? Items, List<string?>? Prefixes, string? NextPageToken);

    private sealed record Item(string? Name, long? Size, long? Generation, string? Updated, string? Crc32c, string? ContentEncoding, string? StorageClass);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
    [JsonSerializable(typeof(Page))]
    private sealed partial class Json : JsonSerializerContext;
}
