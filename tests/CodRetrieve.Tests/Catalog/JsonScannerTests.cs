using System.Text;
using CodRetrieve.Catalog;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Catalog;

public sealed class JsonScannerTests
{
    private const string Json = """
         {"plain":"text" , "empty":"","n":-12.5e3,"t":true,"nul":null,
          "esc":"a\"b\\c\/d\n\t\r\b\f\u0041\u00e4\u20ac","nan":NaN,"inf":Infinity,"ninf":-Infinity,
          "object":{"a":[1,2,{"}":"]\"{"}],"b":NaN},"array":[[],{},"\\",[-Infinity]],"na\u006de":"last"}
        """;

    [Fact(Timeout = 30_000)]
    public async Task Reads_every_kind_of_value() =>
        Assert.Equal(
            "plain=text|empty=|n=-12.5e3|t=true|nul=null|esc=a\"b\\c/d\n\t\r\b\fA\u00e4\u20ac|nan=NaN|inf=Infinity|ninf=-Infinity|object:|array:|name=last",
            await TraceAsync(Json));

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
        Assert.Equal(await TraceAsync(Json), await TraceAsync(Json, chunk));
        Assert.Equal(await TraceAsync(Json, skip: true), await TraceAsync(Json, chunk, skip: true));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_text_cut_off_anywhere_is_malformed()
    {
        var whole = Json.TrimEnd();
        for (var length = 0; length < whole.Length; length++)
        {
            await AssertMalformedAsync(whole[..length]);
            await AssertMalformedAsync(whole[..length], skip: true);
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{]")]
    [InlineData("{\"a\":[}")]
    [InlineData("{\"a\":{]}")]
    [InlineData("{\"a\":[{]}]}")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":,\"b\":1}")]
    [InlineData("{\"a\" 1}")]
    [InlineData("{a:1}")]
    [InlineData("{\"a\":1}}")]
    [InlineData("{\"a\":1}x")]
    [InlineData("{\"a\":1} {}")]
    [InlineData("{\"a\":\"\\u00g0\"}")]
    [InlineData("{\"a\":1,,\"b\":2}")]
    [InlineData("\u0000{}")]
    [InlineData("{\"a\":1234567890123456789012345678901234567890123456789012345678901234567890}")]
    public async Task What_is_out_of_step_is_malformed(string json) => await AssertMalformedAsync(json);

    [Fact(Timeout = 30_000)]
    public async Task A_byte_order_mark_is_passed_over()
    {
        byte[] json = [0xEF, 0xBB, 0xBF, .. "{\"a\":1}"u8];
        Assert.Equal("a=1", await TraceAsync(json, chunk: 1));
        Assert.Equal("a=1", await TraceAsync(json, chunk: 100));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public async Task Nesting_is_bounded(int depth, bool isRead)
    {
        var json = "{\"a\":" + new string('[', depth) + new string(']', depth) + "}";
        if (isRead)
        {
            Assert.Equal("a:", await TraceAsync(json));
        }
        else
        {
            await AssertMalformedAsync(json);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Of_a_long_text_the_beginning_is_kept()
    {
        var json = $"{{\"a\":\"{new string('x', 300_000)}\",\"b\":\"y\"}}";
        Assert.Equal($"a={new string('x', JsonScanner.MaxTextBytes)}|b=y", await TraceAsync(json));
        Assert.Equal("a:|b:", await TraceAsync(json, skip: true));
    }

    [Fact(Timeout = 30_000)]
    public async Task Half_a_surrogate_pair_becomes_a_replacement_character() =>
        Assert.Equal("a=\uFFFD\uFFFD", await TraceAsync("""{"a":"\ud83d\ude00"}"""));

    [Fact(Timeout = 30_000)]
    public async Task A_message_names_the_text_and_the_place_but_no_content()
    {
        using var scanner = new JsonScanner(new PiecewiseStream("{\"SECRET\" 1}"u8.ToArray(), 3), "gs://b/x");
        await scanner.EnterObjectAsync(CancellationToken.None);
        var malformed = await Assert.ThrowsAsync<CodFormatException>(() => scanner.ReadNameAsync(CancellationToken.None).AsTask());
        Assert.Equal("gs://b/x: the JSON cannot be read: a colon was expected at byte 10.", malformed.Message);
    }

    private static async Task AssertMalformedAsync(string json, bool skip = false)
    {
        try
        {
            await TraceAsync(json, skip: skip);
            Assert.Fail($"Read: {json}");
        }
        catch (CodFormatException)
        {
            // As wanted.
        }
    }

    private static Task<string> TraceAsync(string json, int chunk = 100_000, bool skip = false) => TraceAsync(Encoding.UTF8.GetBytes(json), chunk, skip);

    private static async Task<string> TraceAsync(byte[] json, int chunk, bool skip = false)
    {
        var trace = new List<string>();
        using var scanner = new JsonScanner(new PiecewiseStream(json, chunk), "gs://b/x");
        await scanner.EnterObjectAsync(CancellationToken.None);
        while (await scanner.ReadNameAsync(CancellationToken.None))
        {
            var name = Encoding.UTF8.GetString(scanner.Text);
            if (skip)
            {
                await scanner.SkipValueAsync(CancellationToken.None);
                trace.Add(name + ":");
            }
            else
            {
                trace.Add(await scanner.ReadScalarAsync(CancellationToken.None) ? $"{name}={Encoding.UTF8.GetString(scanner.Text)}" : name + ":");
            }
        }

        await scanner.ReadEndAsync(CancellationToken.None);
        return string.Join('|', trace);
    }
}
