using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Catalog;

public sealed class SeriesIndexReaderTests
{
    private const string Entry = """
        {"metadata":{"00080018":{"vr":"UI","Value":["3"]},"00281050":{"vr":"DS","Value":[NaN,-Infinity]}},
         "uri":"gs://old/q/studies/1/series/2.tar://instances/3.dcm","headers":{"start_byte":1536,"end_byte":1636},
         "offset_tables":{},"crc32c":"4waSgw==","size":100,"original_path":"x","dependencies":[],"version":"1.0"}
        """;

    [Fact(Timeout = 30_000)]
    public async Task Reads_an_instance_with_all_its_keys()
    {
        var instance = await IndexJson.ReadOneAsync(Entry);
        Assert.Equal("3", instance.SopInstanceUid);
        Assert.Equal(100, instance.SizeBytes);
        Assert.Equal(0xE3069283, instance.Crc32c);
        Assert.Equal(new ByteRange(1_536, 1_636), instance.TarRange);
        Assert.Equal("gs://b/p/studies/1/series/2.tar://instances/3.dcm", instance.Uri);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task The_pieces_in_which_bytes_come_do_not_matter(int chunk)
    {
        var json = IndexJson.Of($"\"3\":{Entry},\"..\":{Entry},\"4\":{{\"size\":7}},\"5\":null");
        Assert.Equal(IndexJson.Describe(await IndexJson.ReadAsync(json)), IndexJson.Describe(await IndexJson.ReadAsync(json, chunk)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_text_cut_off_anywhere_is_refused()
    {
        var json = IndexJson.Of($"\"3\":{Entry}");
        for (var length = 0; length < json.Length; length++)
        {
            await Assert.ThrowsAsync<CodFormatException>(() => IndexJson.ReadAsync(json[..length]));
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{"deid_study_uid":"1","deid_series_uid":"2","cod":{"instances":{"3":{}}}}""")]
    [InlineData("""{"cod":{"instances":{"3":{}}},"series_uid":"2","study_uid":"1"}""")]
    [InlineData("""{"thumbnail":{"uri":"x"},"cod":{"more":[1],"instances":{"3":{}}},"study_uid":"1"}""")]
    [InlineData("""{"cod":{"instances":{"3":{}}}}""")]
    public async Task The_order_and_the_kind_of_keys_do_not_matter(string json) =>
        Assert.Equal("3", Assert.Single((await IndexJson.ReadAsync(json)).Instances).SopInstanceUid);

    [Theory(Timeout = 30_000)]
    [InlineData("""{"study_uid":"9","series_uid":"2","cod":{"instances":{}}}""")]
    [InlineData("""{"study_uid":"1","series_uid":"9","cod":{"instances":{}}}""")]
    [InlineData("""{"cod":{"instances":{}},"deid_study_uid":"9"}""")]
    [InlineData("""{"study_uid":["1"],"cod":{"instances":{}}}""")]
    [InlineData("""{"study_uid":"1"}""")]
    [InlineData("""{"cod":{}}""")]
    [InlineData("""{"cod":null}""")]
    [InlineData("""{"cod":[]}""")]
    [InlineData("""{"cod":{"instances":null}}""")]
    [InlineData("""{"cod":{"instances":[]}}""")]
    [InlineData("""{"cod":{"instances":{"3":{}}}} {}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task An_index_of_another_series_or_of_none_is_refused(string json)
    {
        var refused = await Assert.ThrowsAsync<CodFormatException>(() => IndexJson.ReadAsync(json));
        Assert.StartsWith("gs://b/metadata.json", refused.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("original_path", "\"x\"")]
    [InlineData("DOE^JANE", "{}")]
    [InlineData("incoming/DOE_JANE_19700101.dcm", "{}")]
    public async Task What_stands_where_a_UID_should_is_not_repeated(string name, string entry)
    {
        var index = await IndexJson.ReadAsync(IndexJson.Of($$"""
            "3":{},"{{name}}":{{entry}}
            """));
        var problem = Assert.Single(index.Problems).Message;
        Assert.Contains("the instance number 2, whose name is not a UID, cannot be retrieved: ", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(name, problem, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("uri")]
    [InlineData("url")]
    public async Task A_uri_of_another_place_is_a_problem(string key)
    {
        foreach (var place in new[] { "studies/9/series/2.tar://instances/3.dcm", "studies/1/series/9.tar://instances/3.dcm", "studies/1/series/2.tar://instances/9.dcm" })
        {
            var index = await IndexJson.ReadAsync(IndexJson.Of($$"""
                "3":{"{{key}}":"gs://b/p/{{place}}"}
                """));
            Assert.Empty(index.Instances);
            Assert.Contains("'3'", Assert.Single(index.Problems).Message, StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{"url":"gs://x/studies/1/series/2.tar://instances/3.dcm"}""")]
    [InlineData("""{"uri":"gs://x/studies/9/y/studies/1/series/2.tar://instances/3.dcm"}""")]
    [InlineData("""{"uri":null}""")]
    [InlineData("""{"uri":""}""")]
    [InlineData("""{"uri":["x"]}""")]
    [InlineData("{}")]
    public async Task A_uri_of_this_place_or_none_is_not(string entry) => await IndexJson.ReadOneAsync(entry);

    [Theory(Timeout = 30_000)]
    [InlineData("""{"headers":{"start_byte":10,"end_byte":20}}""", 10L, 10L, 20L)]
    [InlineData("""{"size":10,"headers":{"end_byte":20,"x":{},"start_byte":10}}""", 10L, 10L, 20L)]
    [InlineData("""{"size":"10","headers":{"start_byte":"10","end_byte":"20"}}""", 10L, 10L, 20L)]
    [InlineData("""{"size":11,"headers":{"start_byte":10,"end_byte":20}}""", 11L, null, null)]
    [InlineData("""{"size":10,"headers":{"start_byte":null,"end_byte":null}}""", 10L, null, null)]
    [InlineData("""{"size":10,"headers":{"start_byte":10}}""", 10L, null, null)]
    [InlineData("""{"size":10,"headers":null}""", 10L, null, null)]
    [InlineData("""{"size":10,"headers":[1,2]}""", 10L, null, null)]
    [InlineData("""{"size":10,"headers":"x"}""", 10L, null, null)]
    [InlineData("""{"size":10,"headers":{"start_byte":-10,"end_byte":0}}""", 10L, null, null)]
    [InlineData("""{"size":0,"headers":{"start_byte":10,"end_byte":10}}""", 0L, null, null)]
    [InlineData("""{"headers":{"start_byte":20,"end_byte":10}}""", null, null, null)]
    [InlineData("""{"headers":{"start_byte":0,"end_byte":9223372036854775808}}""", null, null, null)]
    [InlineData("""{"headers":{"start_byte":{},"end_byte":[]}}""", null, null, null)]
    [InlineData("""{"size":-1}""", null, null, null)]
    [InlineData("""{"size":1.5}""", null, null, null)]
    [InlineData("""{"size":true}""", null, null, null)]
    [InlineData("""{"size":{"a":1}}""", null, null, null)]
    public async Task Numbers_that_cannot_be_count_as_not_given(string entry, long? size, long? start, long? end)
    {
        var instance = await IndexJson.ReadOneAsync(entry);
        Assert.Equal(size, instance.SizeBytes);
        Assert.Equal(start, instance.TarRange?.Start);
        Assert.Equal(end, instance.TarRange?.EndExclusive);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("\"\"")]
    [InlineData("\"AAA=\"")]
    [InlineData("12")]
    [InlineData("null")]
    [InlineData("[\"4waSgw==\"]")]
    public async Task An_invalid_crc_counts_as_missing(string crc) => Assert.Null((await IndexJson.ReadOneAsync($$"""{"crc32c":{{crc}}}""")).Crc32c);

    [Theory(Timeout = 30_000)]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a/../../b")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\\\b")]
    [InlineData("CON")]
    [InlineData("1.2.")]
    [InlineData("a\\u0000b")]
    [InlineData("a\\nb")]
    [InlineData("\\ud83d")]
    public async Task A_name_that_can_be_no_file_is_a_problem_and_hides_no_other(string name)
    {
        var index = await IndexJson.ReadAsync(IndexJson.Of($"\"{name}\":{Entry},\"3\":{Entry}"));
        Assert.Equal("3", Assert.Single(index.Instances).SopInstanceUid);
        Assert.DoesNotContain(Assert.Single(index.Problems).Message, char.IsControl);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_message_about_a_long_name_is_short()
    {
        var index = await IndexJson.ReadAsync(IndexJson.Of($"\"{new string('n', 10_000)}\":{{}}"));
        Assert.InRange(Assert.Single(index.Problems).Message.Length, 1, 400);
    }

    [Fact(Timeout = 30_000)]
    public async Task Of_two_entries_that_would_share_a_file_the_first_counts()
    {
        var index = await IndexJson.ReadAsync(IndexJson.Of("""
            "a":{"size":1},"A":{"size":2}
            """));
        Assert.Equal(1, Assert.Single(index.Instances).SizeBytes);
        Assert.Contains("its name differs from another's only in case", Assert.Single(index.Problems).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Of_an_instance_that_is_listed_again_the_last_entry_counts_as_for_the_writers_reader()
    {
        var index = await IndexJson.ReadAsync(IndexJson.Of("""
            "a":{"size":1},"b":{"size":2},"a":{"size":3},"c":{"size":4},"b":{"size":5},"a":{"size":6}
            """));

        Assert.Equal([("a", 6L), ("b", 5L), ("c", 4L)], index.Instances.Select(instance => (instance.SopInstanceUid, instance.SizeBytes!.Value)));
        Assert.Empty(index.Problems);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("7")]
    public async Task An_entry_that_is_no_object_is_a_problem(string entry) =>
        Assert.Single((await IndexJson.ReadAsync(IndexJson.Of($"\"3\":{entry}"))).Problems);
}
