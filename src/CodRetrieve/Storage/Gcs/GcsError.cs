using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CodRetrieve.Storage;

/// <summary>Why the store itself says that it refused a request (Cloud Storage documentation, "HTTP status and error codes for JSON"): cleaned, and bounded.</summary>
/// <param name="Reason">A word such as <c>rateLimitExceeded</c>; <see langword="null"/> where there is none.</param>
/// <param name="Message">A sentence for people; <see langword="null"/> where there is none.</param>
internal readonly partial record struct GcsError(string? Reason, string? Message)
{
    private const int MaxBodyBytes = 64 * 1024;
    private const int MaxReasonLength = 60;
    private const int MaxMessageLength = 300;
    private const int MaxWordsLength = 80;

    /// <summary>Reads the body of a response that refuses a request. One that is something else, or does not come in time, says nothing.</summary>
    /// <param name="response">The response.</param>
    /// <param name="content">Its body.</param>
    /// <param name="uri">The object, for messages.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<GcsError> ReadAsync(HttpResponseMessage response, Stream content, string uri, CancellationToken cancellationToken)
    {
        try
        {
            return Parse(await ReadStartAsync(response, content, uri, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectStoreException or InvalidDataException or JsonException or OperationCanceledException)
        {
            // The status says it all the same.
            return default;
        }
    }

    /// <summary>What a person reads first on a page of HTML that came instead of something else.</summary>
    public static async Task<string> ReadWordsAsync(HttpResponseMessage response, Stream content, string uri, CancellationToken cancellationToken)
    {
        try
        {
            var page = await ReadStartAsync(response, content, uri, cancellationToken).ConfigureAwait(false);
            return Clean(Tags().Replace(Encoding.UTF8.GetString(page.Span), " "), MaxWordsLength);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectStoreException or InvalidDataException)
        {
            return $"({e.Message})";
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadStartAsync(HttpResponseMessage response, Stream content, string uri, CancellationToken cancellationToken)
    {
        var body = GcsResponse.IsCompressed(response, uri) ? new GZipStream(content, CompressionMode.Decompress) : content;
        await using var closing = body.ConfigureAwait(false);
        var bytes = new byte[MaxBodyBytes];
        var count = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return bytes.AsMemory(0, count);
    }

    private static GcsError Parse(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
        {
            return default;
        }

        var first = error.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0 ? errors[0] : default;
        return new GcsError(Text(first, "reason", MaxReasonLength), Text(error, "message", MaxMessageLength));
    }

    private static string? Text(JsonElement element, string name, int maxLength) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && Clean(value.GetString()!, maxLength) is { Length: > 0 } text ? text : null;

    private static string Clean(string text, int maxLength)
    {
        var line = Blanks().Replace(Tokens().Replace(text, "***"), " ").Trim();
        return line.Length <= maxLength ? line : line[..maxLength] + "…";
    }

    // Access tokens of Google's, whatever is in front of them.
    [GeneratedRegex(@"ya29\.[\w\-.]+|(?<=Bearer\s)\S+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tokens();

    [GeneratedRegex(@"[\s\p{C}]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();

    [GeneratedRegex("<(script|style)[^>]*>.*?</(script|style)>|<[^>]*>", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tags();
}
