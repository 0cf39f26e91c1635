using System.Net.Http.Headers;
using System.Text;
using CodRetrieve.IO;

namespace CodRetrieve.DicomWeb;

/// <summary>Reads an instance out of a WADO-RS response (PS3.18, 10.4), which is a multipart body with one part, or the file by itself, and gives its size and CRC32C.</summary>
internal static class RetrievedBytes
{
    private const int MaxPartHeader = 16 * 1024;

    public static async Task<(long SizeBytes, uint Crc32c)?> ReadAsync(HttpResponseMessage response, IdleWatch watch)
    {
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        var boundary = BoundaryOf(response.Content.Headers.ContentType);
        using var body = await response.Content.ReadAsStreamAsync(watch.Token).ConfigureAwait(false);
        var end = boundary is null ? [] : Encoding.ASCII.GetBytes($"\r\n--{boundary}");
        var (held, buffer) = (new MemoryStream(), new byte[128 * 1024]);
        var (isInPart, size, crc) = (boundary is null, 0L, 0u);
        while (await body.ReadAsync(buffer, watch.Token).ConfigureAwait(false) is var count and > 0)
        {
            watch.Touch();
            held.Write(buffer, 0, count);
            var bytes = held.GetBuffer().AsMemory(0, (int)held.Length);
            if (!isInPart)
            {
                var start = bytes.Span.IndexOf("\r\n\r\n"u8);
                if (start < 0 && bytes.Length < MaxPartHeader)
                {
                    continue;
                }

                isInPart = start >= 0;
                if (!isInPart)
                {
                    return null;
                }

                bytes = bytes[(start + 4)..];
            }

            var found = end.Length == 0 ? -1 : bytes.Span.IndexOf(end);
            var content = bytes[..(found >= 0 ? found : Math.Max(0, bytes.Length - end.Length))];
            crc = Crc32C.Append(crc, content.Span);
            size += content.Length;
            if (found >= 0)
            {
                return (size, crc);
            }

            var rest = bytes[content.Length..].ToArray();
            held.SetLength(0);
            held.Write(rest);
        }

        // A multipart body without its end was cut.
        return boundary is null ? (size, crc) : null;
    }

    private static string? BoundaryOf(MediaTypeHeaderValue? type) => type?.MediaType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true
        ? type.Parameters.FirstOrDefault(static one => one.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase))?.Value?.Trim('"')
        : null;
}
