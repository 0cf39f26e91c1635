using System.Text;
using CodRetrieve.Catalog;
using CodRetrieve.Tests.Support;
using ZstdSharp;

namespace CodRetrieve.Tests.Catalog;

public sealed class MetadataDecoderTests
{
    private const string Json = """{"00080060":{"vr":"CS","Value":["CT"]},"00281050":{"vr":"DS","Value":[NaN]}}""";

    [Fact(Timeout = 30_000)]
    public async Task Both_forms_may_stand_in_one_index()
    {
        var index = await ReadAsync($$"""
            "1":{"metadata":{{Json}}},"2":{"metadata":"{{Frame(Json)}}"},"3":{"metadata":"{{Frame(Json).Replace("/", "\\/", StringComparison.Ordinal)}}"},"4":{"metadata":{{Json.Replace("CT", "MR", StringComparison.Ordinal)}}}
            """);

        Assert.Equal("1,2,3", Selected(index, true));
        Assert.Equal("4", Selected(index, false));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("\"\"")]
    [InlineData("\"not base64!\"")]
    [InlineData("\"AAAA\"")]
    [InlineData("\"KLUv/Q==\"")]
    [InlineData("[1]")]
    public async Task What_cannot_be_read_leaves_the_instance_undecided(string metadata)
    {
        var index = await ReadAsync($$"""
            "1":{"metadata":{{metadata}},"size":5},"2":{"size":7},"3":{"metadata":{{Json}}}
            """);

        Assert.Equal("1,2", Selected(index, null));
        Assert.Equal("3", Selected(index, true));
        Assert.Empty(index.Problems);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_frame_that_is_cut_or_damaged_is_unreadable_and_the_next_one_is_not()
    {
        var frame = Convert.FromBase64String(Frame(Json));
        var damaged = frame.ToArray();
        damaged[^6] ^= 0x55;
        var index = await ReadAsync($$"""
            "1":{"metadata":"{{Convert.ToBase64String(frame.AsSpan(0, frame.Length - 3))}}"},"2":{"metadata":"{{Frame(Json)}}"}
            """);

        Assert.Equal(("1", "2"), (Selected(index, null), Selected(index, true)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_decompression_bomb_is_refused_without_taking_its_memory()
    {
        using var compressor = new Compressor();
        var bomb = Convert.ToBase64String(compressor.Wrap(new byte[MetadataDecoder.MaxBytes + 1]));
        Assert.InRange(bomb.Length, 1, 10_000);

        var index = await ReadAsync($$"""
            "1":{"metadata":"{{bomb}}"},"2":{"metadata":"{{Frame(Json)}}"}
            """);

        Assert.Equal(("1", "2"), (Selected(index, null), Selected(index, true)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_frame_that_does_not_state_its_size_is_read()
    {
        var stored = new MemoryStream();
        await using (var zstd = new CompressionStream(stored, leaveOpen: true))
        {
            await zstd.WriteAsync(Encoding.UTF8.GetBytes(Json));
        }

        Assert.Equal("1", Selected(await ReadAsync($$"""
            "1":{"metadata":"{{Convert.ToBase64String(stored.ToArray())}}"}
            """), true));
    }

    [Fact(Timeout = 30_000)]
    public async Task Attributes_beyond_the_bound_are_passed_over()
    {
        var large = "{\"00091010\":{\"vr\":\"LT\",\"Value\":[\"" + new string('x', MetadataDecoder.MaxBytes) + "\"]},\"00080060\":{\"vr\":\"CS\",\"Value\":[\"CT\"]}}";
        var index = await ReadAsync($$"""
            "1":{"metadata":{{large}}},"2":{"metadata":{{Json}}}
            """);

        Assert.Equal(("1", "2"), (Selected(index, null), Selected(index, true)));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public async Task Pieces_of_any_length_give_the_same(int chunk)
    {
        var index = await ReadAsync($$"""
            "1":{"metadata":{{Json}}},"2":{"metadata":"{{Frame(Json)}}"}
            """, chunk);

        Assert.Equal("1,2", Selected(index, true));
    }

    private static string Frame(string json)
    {
        using var compressor = new Compressor();
        return Convert.ToBase64String(compressor.Wrap(Encoding.UTF8.GetBytes(json)));
    }

    private static string Selected(SeriesIndex index, bool? isMet) =>
        string.Join(',', index.Instances.Where((_, i) => index.Judgements![i].IsMet == isMet).Select(instance => instance.SopInstanceUid));

    private static Selecting.SelectionCondition ConditionOf(Selection selection) => new(selection, new Selecting.NamedInstances(selection));

    private static Task<SeriesIndex> ReadAsync(string instances, int chunk = 100_000) => SeriesIndexReader.ReadAsync(
        new PiecewiseStream(Encoding.UTF8.GetBytes(IndexJson.Of(instances)), chunk),
        IndexJson.Series,
        "gs://b/metadata.json",
        new AttributeNeeds { Condition = ConditionOf(new Selection().Where("Modality=CT and not Rows=1 or Modality=CT")) },
        new MetadataDecoderPool(),
        CancellationToken.None);
}
