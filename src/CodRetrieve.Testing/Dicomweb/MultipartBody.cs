using Microsoft.Net.Http.Headers;

namespace CodRetrieve.Testing;

/// <summary>Splits a multipart body into its parts (RFC 2046).</summary>
internal static class MultipartBody
{
    /// <summary>The contents of the parts; null where the body has not its closing delimiter.</summary>
    public static List<byte[]>? Split(byte[] body, string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || type.Boundary.Length == 0)
        {
            return null;
        }

        var delimiter = System.Text.Encoding.ASCII.GetBytes($"--{type.Boundary.ToString().Trim('"')}");
        var parts = new List<byte[]>();
        for (var position = body.AsSpan().IndexOf(delimiter); position >= 0;)
        {
            var rest = body.AsSpan(position + delimiter.Length);
            if (rest.StartsWith("--"u8))
            {
                return parts;
            }

            var header = rest.IndexOf("\r\n\r\n"u8);
            var end = header < 0 ? -1 : rest.IndexOf([.. "\r\n"u8, .. delimiter]);
            if (end < 0)
            {
                return null;
            }

            // As Orthanc does: a part of another type, one with parameters included, is passed over.
            if (System.Text.Encoding.ASCII.GetString(rest[..header]).Trim().Equals("Content-Type: application/dicom", StringComparison.OrdinalIgnoreCase))
            {
                parts.Add(rest[(header + 4)..end].ToArray());
            }

            position += delimiter.Length + end + 2;
        }

        return null;
    }
}
