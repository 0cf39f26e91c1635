using System.Text;
using CodRetrieve.Catalog;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Catalog;

public sealed class SeriesAttributesTests
{
    [Theory(Timeout = 30_000)]
    [InlineData("""{"00080060":{"vr":"CS","Value":["CT"]},"0008103E":{"vr":"LO","Value":["Thorax 1.0"]}}""", "CT", "Thorax 1.0")]
    [InlineData("""{"0008103E":{"Value":["x"],"vr":"LO"},"00281050":{"vr":"DS","Value":[NaN]},"00080060":{"Value":["MR"]}}""", "MR", "x")]
    [InlineData("""{"0008103E":{"vr":"LO","Value":["M\u00fcnchen\\B"]}}""", null, "München\\B")]
    [InlineData("""{"0008103E":{"vr":"LO","Value":["first","second"]}}""", null, "first")]
    [InlineData("""{"0008103E":{"vr":"LO","Value":["first",NaN,{"a":["]"]},]}}""", null, "first")]
    [InlineData("""{"0008103E":{"vr":"LO","Value":["  padded \u0000"]}}""", null, "padded")]
    [InlineData("""{"00080060":{"vr":"CS"},"0008103E":{"vr":"LO","Value":[]}}""", null, null)]
    [InlineData("""{"00080060":{"vr":"CS","Value":[""]},"0008103E":{"vr":"LO","Value":["  "]}}""", null, null)]
    [InlineData("""{"00080060":{"vr":"CS","Value":[null]},"0008103E":{"vr":"LO","Value":[NaN,"second"]}}""", null, null)]
    [InlineData("""{"00080060":{"vr":"CS","Value":"CT"},"0008103E":{"vr":"LO","Value":null}}""", null, null)]
    [InlineData("""{"00080060":null,"0008103E":NaN}""", null, null)]
    [InlineData("""{"00080060":["CT"],"0008103E":"x"}""", null, null)]
    [InlineData("""{"00080060":{"vr":"CS","Value":[["CT"]]},"0008103E":{"vr":"LO","Value":[{"Alphabetic":"x"}]}}""", null, null)]
    [InlineData("""{"00081111":{"vr":"SQ","Value":[{"00080060":{"vr":"CS","Value":["PT"]}}]}}""", null, null)]
    [InlineData("{}", null, null)]
    public async Task Takes_the_first_text_of_each_and_nothing_else(string tags, string? modality, string? description)
    {
        for (var chunk = 1; chunk < 8; chunk++)
        {
            var index = await ReadAsync($$"""
                "3":{"metadata":{{tags}},"size":7}
                """, chunk);
            Assert.Equal(7, Assert.Single(index.Instances).SizeBytes);
            Assert.Equal((modality, description), (index.Attributes!.Modality, index.Attributes.Description));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Long_values_are_cut_at_what_the_standard_allows()
    {
        var tags = """{"00080060":{"Value":["M"]},"0008103E":{"Value":["d😀"]}}"""
            .Replace("M", new string('M', 5_000), StringComparison.Ordinal).Replace("d", new string('d', 63), StringComparison.Ordinal);
        var index = await ReadAsync("\"3\":{\"metadata\":" + tags + "}");
        Assert.Equal((new string('M', 16), new string('d', 63)), (index.Attributes!.Modality, index.Attributes.Description));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_first_instance_that_has_tags_counts()
    {
        var index = await ReadAsync("""
            "1":null,"2":{"metadata":null},"3":{"metadata":{"00080060":{"Value":["CT"]}}},"4":{"metadata":{"00080060":{"Value":["MR"]},"0008103E":{"Value":["x"]}}}
            """);
        Assert.Equal(("CT", null), (index.Attributes!.Modality, index.Attributes.Description));
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_is_read_where_nobody_asks()
    {
        var index = await IndexJson.ReadAsync(IndexJson.Of("""
            "3":{"metadata":{"00080060":{"Value":["CT"]}}}
            """));
        Assert.Null(index.Attributes);
    }

    [Fact(Timeout = 30_000)]
    public async Task No_object_prints_what_was_read()
    {
        var index = await ReadAsync("""
            "3":{"metadata":{"00080060":{"Value":["PLANTED"]},"0008103E":{"Value":["PLANTED"]}}}
            """);
        Assert.Equal("PLANTED", index.Attributes!.Description);
        Assert.DoesNotContain("PLANTED", string.Join(' ', (object[])[index, index.Attributes]), StringComparison.Ordinal);
    }

    private static Task<SeriesIndex> ReadAsync(string instances, int chunk = 100_000) => SeriesIndexReader.ReadAsync(
        new PiecewiseStream(Encoding.UTF8.GetBytes(IndexJson.Of(instances)), chunk), IndexJson.Series, "gs://b/metadata.json", new AttributeNeeds { OfSeries = true }, new MetadataDecoderPool(), CancellationToken.None);
}
