using System.IO.Compression;
using CodRetrieve.Storage;

namespace CodRetrieve.DicomWeb;

/// <summary>A response of a receiver with its body, read to its end or to a bound.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="RetryAfter">How long the receiver asks to wait.</param>
/// <param name="Warning">The <c>Warning</c> header.</param>
internal sealed record ReceiverResponse(int Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter, string? Warning)
{
    private const int MaxBodyBytes = 32 << 20;
    private const int MaxWarningLength = 500;

    /// <summary>Whether the receiver, or a proxy before it, cannot work now and may later.</summary>
    public bool IsBusy => Status is 408 or 429 or 502 or 503 or 504;

    public static async Task<ReceiverResponse> ReadAsync(HttpResponseMessage response, IdleWatch watch)
    {
        using var body = new MemoryStream();
        using var stream = await OpenAsync(response, watch).ConfigureAwait(false);
        var buffer = new byte[16 * 1024];
        while (body.Length < MaxBodyBytes && await stream.ReadAsync(buffer, watch.Token).ConfigureAwait(false) is var count and > 0)
        {
            watch.Touch();
            body.Write(buffer, 0, count);
        }

        return new((int)response.StatusCode, body.ToArray(), RetryAfterHeader.Read(response), WarningOf(response));
    }

    // Proxies compress without being asked for it.
    private static async Task<Stream> OpenAsync(HttpResponseMessage response, IdleWatch watch)
    {
        var stream = await response.Content.ReadAsStreamAsync(watch.Token).ConfigureAwait(false);
        return response.Content.Headers.ContentEncoding.Any(static encoding => encoding is "gzip" or "x-gzip") ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    private static string? WarningOf(HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Warning", out var values))
        {
            return null;
        }

        var text = string.Concat(values.ToString().Select(static c => char.IsControl(c) ? ' ' : c)).Trim();
        return text.Length > MaxWarningLength ? text[..MaxWarningLength] : text;
    }
}
