using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace CodRetrieve.Testing.Tests;

public sealed class CodMetadataTests
{
    private static string Write(SyntheticSeriesOptions options, out SyntheticSeries series, bool hashed = false)
    {
        series = new SyntheticStudy("1.2.3", seed: 5, hashed).AddSeries(options);
        var json = new MemoryStream();
        series.WriteMetadata(json, "bucket", "demo/dicomweb");
        return Encoding.UTF8.GetString(json.ToArray());
    }

    private static JsonElement Instances(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("cod").GetProperty("instances").Clone();
    }

    [Fact]
    public void Lists_each_instance_with_the_keys_of_the_writer()
    {
        var text = Write(new() { ScrambledOrder = true }, out var series);
        Assert.All(text, c => Assert.True(char.IsAscii(c)));
        var listed = Instances(text).EnumerateObject().ToArray();
        Assert.Equal(series.Instances.Select(i => i.SopInstanceUid).ToArray(), listed.Select(p => p.Name).ToArray());
        foreach (var (json, instance) in listed.Select(p => p.Value).Zip(series.Instances))
        {
            Assert.Equal(
                [
                    "metadata", "uri", "headers", "offset_tables", "crc32c", "size", "original_path", "dependencies", "diff_hash_dupe_paths",
                    "version", "modified_datetime",
                ],
                json.EnumerateObject().Select(p => p.Name).ToArray());
            Assert.Equal(instance.StartByte, json.GetProperty("headers").GetProperty("start_byte").GetInt64());
            Assert.Equal(instance.EndByte, json.GetProperty("headers").GetProperty("end_byte").GetInt64());
            Assert.Equal(instance.SizeBytes, json.GetProperty("size").GetInt64());
            Assert.Equal(instance.Crc32c, BinaryPrimitives.ReadUInt32BigEndian(json.GetProperty("crc32c").GetBytesFromBase64()));
            Assert.Equal(
                $"gs://bucket/demo/dicomweb/studies/1.2.3/series/{series.SeriesInstanceUid}.tar://instances/{instance.SopInstanceUid}.dcm",
                json.GetProperty("uri").GetString());
            Assert.InRange(json.GetProperty("metadata").GetRawText().Length, 8_000, 8_200);
        }
    }

    [Theory]
    [InlineData(0, 1_000, 3_000)]
    [InlineData(6_000, 6_000, 6_200)]
    [InlineData(30_000, 30_000, 30_200)]
    public void Fills_the_metadata_up_to_the_length_asked_for(int wanted, int least, int most)
    {
        var instances = Instances(Write(new() { MetadataBytesPerInstance = wanted, InstanceCount = 1 }, out _));
        Assert.InRange(instances.EnumerateObject().Single().Value.GetProperty("metadata").GetRawText().Length, least, most);
    }

    [Fact]
    public void Has_bare_nan_that_a_strict_reader_refuses()
    {
        var text = Write(new() { BareNaN = true }, out _);
        Assert.Contains("\"Value\":[NaN]", text, StringComparison.Ordinal);
        Assert.Contains("\"Value\":[-Infinity]", text, StringComparison.Ordinal);
        Assert.ThrowsAny<JsonException>(() => Instances(text));
    }

    [Fact]
    public void Leaves_out_what_the_options_exclude()
    {
        var options = new SyntheticSeriesOptions { NullHeaders = true, NullMetadata = true, NoCrc32c = true, UseUrlKey = true, InstanceCount = 1 };
        var instance = Instances(Write(options, out _)).EnumerateObject().Single().Value;
        Assert.Equal(JsonValueKind.Null, instance.GetProperty("headers").GetProperty("start_byte").ValueKind);
        Assert.Equal(JsonValueKind.Null, instance.GetProperty("metadata").ValueKind);
        Assert.False(instance.TryGetProperty("crc32c", out _));
        Assert.False(instance.TryGetProperty("uri", out _));
        Assert.True(instance.TryGetProperty("url", out _));
    }

    [Fact]
    public void Shifts_the_offsets_it_names()
    {
        var instance = Instances(Write(new() { ShiftedOffsets = -512 }, out var series)).GetProperty(series.Instances[3].SopInstanceUid);
        Assert.Equal(series.Instances[3].StartByte - 512, instance.GetProperty("headers").GetProperty("start_byte").GetInt64());
    }

    [Fact]
    public void Has_deid_keys_in_a_hashed_study()
    {
        using var document = JsonDocument.Parse(Write(new() { IncludeThumbnail = true }, out var series, hashed: true));
        Assert.Equal("1.2.3", document.RootElement.GetProperty("deid_study_uid").GetString());
        Assert.Equal(series.SeriesInstanceUid, document.RootElement.GetProperty("deid_series_uid").GetString());
        Assert.True(document.RootElement.TryGetProperty("thumbnail", out _));
        Assert.False(document.RootElement.TryGetProperty("study_uid", out _));
    }
}
