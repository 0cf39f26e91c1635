using System.Text.Json;

namespace CodRetrieve.Testing.Tests;

internal static class HttpExtensions
{
    public static string Header(this HttpResponseMessage response, string name) =>
        string.Join(", ", response.Headers.TryGetValues(name, out var values) ? values : response.Content.Headers.GetValues(name));

    /// <summary>Reads until the end or the error; gives both.</summary>
    public static async Task<(byte[] Bytes, Exception? Error)> ReadToEndOrErrorAsync(this HttpResponseMessage response)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[10_000];
        await using var stream = await response.Content.ReadAsStreamAsync();
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer)) > 0)
            {
                bytes.Write(buffer, 0, read);
            }

            return (bytes.ToArray(), null);
        }
        catch (IOException error)
        {
            return (bytes.ToArray(), error);
        }
    }

    public static string[] Strings(this JsonElement page, string array, string? property = null) =>
        page.TryGetProperty(array, out var items)
            ? [.. items.EnumerateArray().Select(item => (property is null ? item : item.GetProperty(property)).GetString()!)]
            : [];
}
