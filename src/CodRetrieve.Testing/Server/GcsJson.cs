using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CodRetrieve.Testing;

/// <summary>Writes the JSON resources of the GCS JSON API.</summary>
internal static class GcsJson
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static ReadOnlyMemory<byte> Error(int code, string reason, string message) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteNumber("code", code);
        writer.WriteString("message", message);
        writer.WriteStartArray("errors");
        writer.WriteStartObject();
        writer.WriteString("message", message);
        writer.WriteString("domain", "global");
        writer.WriteString("reason", reason);
        if (code == 401)
        {
            writer.WriteString("locationType", "header");
            writer.WriteString("location", "Authorization");
        }

        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    public static string ReasonOf(int status) => status switch
    {
        400 => "invalid",
        401 => "authError",
        403 => "forbidden",
        404 => "notFound",
        408 => "uploadBrokenConnection",
        412 => "conditionNotMet",
        416 => "requestedRangeNotSatisfiable",
        429 => "rateLimitExceeded",
        _ => "backendError",
    };

    public static async Task<ReadOnlyMemory<byte>> ObjectAsync(
        TestBucket bucket, TestObject item, FieldMask fields, CancellationToken cancellationToken)
    {
        var checksums = await ChecksumsAsync(item, fields, cancellationToken).ConfigureAwait(false);
        return Write(writer => WriteObject(writer, bucket, item, checksums, fields));
    }

    public static async Task<ReadOnlyMemory<byte>> ListAsync(
        TestBucket bucket, ObjectPage page, FieldMask fields, CancellationToken cancellationToken)
    {
        var below = fields.For("items");
        var checksums = new ObjectChecksums[page.Items.Count];
        for (var i = 0; i < checksums.Length; i++)
        {
            checksums[i] = await ChecksumsAsync(page.Items[i], below, cancellationToken).ConfigureAwait(false);
        }

        return Write(writer =>
        {
            writer.WriteStartObject();
            WriteField(writer, fields, "kind", "storage#objects");
            WriteField(writer, fields, "nextPageToken", page.NextPageToken);
            if (fields.Has("prefixes") && page.Prefixes.Count > 0)
            {
                writer.WriteStartArray("prefixes");
                page.Prefixes.ForEach(writer.WriteStringValue);
                writer.WriteEndArray();
            }

            if (fields.Has("items") && page.Items.Count > 0)
            {
                writer.WriteStartArray("items");
                for (var i = 0; i < checksums.Length; i++)
                {
                    WriteObject(writer, bucket, page.Items[i], checksums[i], below);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        });
    }

    private static Task<ObjectChecksums> ChecksumsAsync(TestObject item, FieldMask fields, CancellationToken cancellationToken) =>
        fields.Has("crc32c") || fields.Has("md5Hash") ? item.GetChecksumsAsync(cancellationToken) : Task.FromResult(ObjectChecksums.None);

    private static void WriteObject(Utf8JsonWriter writer, TestBucket bucket, TestObject item, ObjectChecksums checksums, FieldMask fields)
    {
        var generation = item.Generation.ToString(CultureInfo.InvariantCulture);
        writer.WriteStartObject();
        WriteField(writer, fields, "kind", "storage#object");
        WriteField(writer, fields, "id", $"{bucket.Name}/{item.Name}/{generation}");
        WriteField(writer, fields, "name", item.Name);
        WriteField(writer, fields, "bucket", bucket.Name);
        WriteField(writer, fields, "generation", generation);
        WriteField(writer, fields, "metageneration", "1");
        WriteField(writer, fields, "contentType", item.ContentType);
        WriteField(writer, fields, "contentEncoding", item.ContentEncoding);
        WriteField(writer, fields, "storageClass", item.StorageClass);
        WriteField(writer, fields, "size", item.SizeBytes.ToString(CultureInfo.InvariantCulture));
        WriteField(writer, fields, "crc32c", checksums.Crc32c);
        WriteField(writer, fields, "md5Hash", checksums.Md5Hash);
        WriteField(writer, fields, "etag", item.ETag);
        WriteField(writer, fields, "updated", item.Updated.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        writer.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter writer, FieldMask fields, string name, string? value)
    {
        if (value is not null && fields.Has(name))
        {
            writer.WriteString(name, value);
        }
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(writer);
        }

        return buffer.WrittenMemory;
    }
}
