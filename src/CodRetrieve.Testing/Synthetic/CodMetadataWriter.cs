using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CodRetrieve.Testing;

/// <summary>Writes metadata.json in the shape that the COD writer gives it.</summary>
internal sealed class CodMetadataWriter(SyntheticSeries series, string seriesUri)
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes to store: compressed or plain, as the series wants it.</summary>
    public static ReadOnlyMemory<byte> Pack(SyntheticSeries series, string bucketName, string prefix)
    {
        var stored = new MemoryStream();
        if (!series.Options.PackMetadata)
        {
            series.WriteMetadata(stored, bucketName, prefix);
        }
        else
        {
            using var gzip = new GZipStream(stored, CompressionLevel.Fastest, leaveOpen: true);
            series.WriteMetadata(gzip, bucketName, prefix);
        }

        return stored.GetBuffer().AsMemory(0, (int)stored.Length);
    }

    public void Write(Stream destination)
    {
        using var writer = new Utf8JsonWriter(destination, Json);
        var deid = series.Study.IsHashed ? "deid_" : "";
        writer.WriteStartObject();
        writer.WriteString(deid + "study_uid", series.Study.StudyInstanceUid);
        writer.WriteString(deid + "series_uid", series.SeriesInstanceUid);
        writer.WriteStartObject("cod");
        writer.WriteStartObject("instances");
        foreach (var instance in series.Instances)
        {
            WriteInstance(writer, instance);
            writer.Flush();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        if (series.Options.IncludeThumbnail)
        {
            writer.WriteStartObject("thumbnail");
            writer.WriteString("uri", seriesUri + "/thumbnail.jpg");
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteInstance(Utf8JsonWriter writer, SyntheticInstance instance)
    {
        var options = series.Options;
        var uri = $"{seriesUri}.tar://{instance.EntryName}";
        writer.WriteStartObject(instance.SopInstanceUid);
        writer.WritePropertyName("metadata");
        if (options.NullMetadata)
        {
            writer.WriteNullValue();
        }
        else if (options.IndexFormat == IndexFormat.Version1)
        {
            DicomJson.Write(writer, instance.Source, uri, options);
        }
        else
        {
            writer.WriteStringValue(Compressed(instance, uri));
            var tags = instance.Source.Tags;
            writer.WriteString("instance_uid", tags.SopInstanceUid);
            writer.WriteString("series_uid", tags.SeriesInstanceUid);
            writer.WriteString("study_uid", tags.StudyInstanceUid);
            writer.WriteBoolean("has_pixeldata", true);
        }

        writer.WriteString(options.UseUrlKey ? "url" : "uri", uri);
        writer.WriteStartObject("headers");
        WriteOffset(writer, "start_byte", instance.StartByte);
        WriteOffset(writer, "end_byte", instance.EndByte);
        writer.WriteEndObject();
        writer.WriteStartObject("offset_tables");
        writer.WriteEndObject();
        if (!options.NoCrc32c)
        {
            writer.WriteString("crc32c", Crc32C.ToBase64(instance.Crc32c));
        }

        writer.WriteNumber("size", instance.SizeBytes);
        writer.WriteString("original_path", $"gs://synthetic-incoming/{instance.OriginalSopInstanceUid}.dcm");
        WriteEmptyArray(writer, "dependencies");
        WriteEmptyArray(writer, "diff_hash_dupe_paths");
        writer.WriteString("version", options.IndexFormat == IndexFormat.Version1 ? "1.0" : "2.0");
        var modified = DateTimeOffset.FromUnixTimeSeconds(TarLayout.ModifiedUnixSeconds);
        writer.WriteString("modified_datetime", modified.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture));
        writer.WriteEndObject();
    }

    private string Compressed(SyntheticInstance instance, string uri)
    {
        var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, Json))
        {
            DicomJson.Write(writer, instance.Source, uri, series.Options);
        }

        using var zstd = new ZstdSharp.Compressor();
        return Convert.ToBase64String(zstd.Wrap(json.GetBuffer().AsSpan(0, (int)json.Length)));
    }

    private void WriteOffset(Utf8JsonWriter writer, string name, long offset)
    {
        if (series.Options.NullHeaders)
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteNumber(name, offset + series.Options.ShiftedOffsets);
        }
    }

    private static void WriteEmptyArray(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartArray(name);
        writer.WriteEndArray();
    }
}
