using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace CodRetrieve.Testing;

/// <summary>The searches and the retrieval of instances of a receiver (PS3.18, 10.4 and 10.6).</summary>
internal sealed class ReceiverSearch(IEnumerable<StoredInstance> instances, DicomWebReceiverOptions options)
{
    public Task RespondAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries)[1..];
        return path switch
        {
            ["studies", var study, "series", var series, "instances", var sop] => RetrieveAsync(context, study, series, sop),
            _ when !options.HasSearch => StatusAsync(context, 501),
            ["instances"] => ListAsync(context, Where(context, "SOPInstanceUID", static one => one.SopInstanceUid, instances)),
            ["studies", var study, "series", var series, "instances"] =>
                ListAsync(context, instances.Where(one => one.StudyInstanceUid == study && one.SeriesInstanceUid == series)),
            ["studies", var study, "series"] =>
                ListAsync(context, Where(context, "SeriesInstanceUID", static one => one.SeriesInstanceUid, instances.Where(one => one.StudyInstanceUid == study)).DistinctBy(static one => one.SeriesInstanceUid, StringComparer.Ordinal)),
            _ => StatusAsync(context, 404),
        };
    }

    private IEnumerable<StoredInstance> Where(HttpContext context, string name, Func<StoredInstance, string> uid, IEnumerable<StoredInstance> all)
    {
        var wanted = context.Request.Query[name].ToString();
        return options.IgnoresConditions || wanted.Length == 0 ? all : all.Where(one => uid(one) == wanted);
    }

    private async Task ListAsync(HttpContext context, IEnumerable<StoredInstance> found)
    {
        var offset = int.TryParse(context.Request.Query["offset"], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
        var page = found.OrderBy(static one => one.SopInstanceUid, StringComparer.Ordinal).Skip(offset).Take(options.MaxResults).ToList();
        if (page.Count == 0)
        {
            context.Response.StatusCode = 204;
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var one in page)
            {
                json.WriteStartObject();
                StoreResponses.WriteValue(json, "00080018", "UI", one.SopInstanceUid);
                StoreResponses.WriteValue(json, "0020000D", "UI", one.StudyInstanceUid);
                StoreResponses.WriteValue(json, "0020000E", "UI", one.SeriesInstanceUid);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        context.Response.ContentType = "application/dicom+json";
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }

    private async Task RetrieveAsync(HttpContext context, string study, string series, string sop)
    {
        if (instances.FirstOrDefault(one => one.StudyInstanceUid == study && one.SeriesInstanceUid == series && one.SopInstanceUid == sop) is not { } found)
        {
            context.Response.StatusCode = 404;
            return;
        }

        const string Boundary = "part-of-a-receiver";
        context.Response.ContentType = $"multipart/related; type=\"application/dicom\"; boundary={Boundary}";
        await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-Type: application/dicom\r\n\r\n"), context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.WriteAsync(found.Bytes, context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes($"\r\n--{Boundary}--"), context.RequestAborted).ConfigureAwait(false);
    }

    private static Task StatusAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
