using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using CodRetrieve.Service.Api;
using CodRetrieve.Service.Requests;

namespace CodRetrieve.Service.Tests.Api;

public sealed class RequestBodyTests
{
    private const string Whole = """
        {"studies": ["1.2.3", "1.2.4", "1.2.3", " 1.2.5 "], "store": "a", "selection": {"where": "Modality = 'CT'", "series": ["1.9"], "whole": "Series"},
         "destination": "b", "priority": -3, "maxShards": 2}
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task Body_is_read_however_it_arrives(int chunk)
    {
        await using var studies = new StudySpool(10);
        var request = await ReadAsync(Whole, studies, chunk);
        Assert.Equal(("a", "b", -3, 2, "Modality = 'CT'", SelectionScope.Series), (request.Store, request.Destination, request.Priority, request.MaxShards, request.Selection!.Where, request.Selection.Whole));
        Assert.Equal(["1.9"], request.Selection.Series!);
        Assert.Equal(["1.2.3", "1.2.4", "1.2.5"], await ToListAsync(studies));
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "JSON object")]
    [InlineData("3", "JSON object")]
    [InlineData("{\"store\": \"a\", \"destination\": \"b\", \"studies\": [\"1\"]", "no JSON that can be read")]
    [InlineData("{\"store\": \"a\", \"destination\": \"b\", \"studies\": \"1\"}", "studies has to be an array")]
    [InlineData("{\"store\": \"a\", \"destination\": \"b\", \"studies\": [1]}", "each a string")]
    [InlineData("{\"store\": \"a\", \"destination\": \"b\", \"studies\": [[\"1\"]]}", "each a string")]
    [InlineData("{\"store\": \"a\", \"destination\": \"b\", \"studies\": [\"../../etc\"]}", "Number 1 of the studies is no Study Instance UID")]
    [InlineData("{\"store\": \"a\", \"destination\": \"b\", \"studies\": [\"1\", \"2\", \"3\", \"4\"]}", "at most 3 studies")]
    [InlineData("{\"store\": \"a\", \"studies\": [\"1\"]}", "the name of a destination")]
    [InlineData("{\"store\": \"a\", \"destination\": \"b\", \"path\": \"/etc\", \"studies\": []}", "cannot be read at $.path")]
    [InlineData("{\"store\": {\"a\": 1}, \"destination\": \"b\", \"studies\": []}", "cannot be read at $.store")]
    [InlineData("{\"store\": \"a\", \"destination\": \"b\", \"selection\": {\"whole\": 2}, \"studies\": []}", "cannot be read at $.selection.whole")]
    public async Task Body_that_makes_no_sense_is_refused_in_words(string body, string expected)
    {
        await using var studies = new StudySpool(3);
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => ReadAsync(body, studies, 5));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Damaged_bodies_are_refused_or_read_and_nothing_else()
    {
        var random = new Random(20);
        var (read, refused) = (0, 0);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(Whole);
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(round % 2 == 0 ? 256 : 127);
            }

            await using var studies = new StudySpool(10);
            try
            {
                await ReadAsync(round % 3 == 0 ? bytes[..random.Next(1, bytes.Length)] : bytes, studies, random.Next(1, 50));
                read++;
            }
            catch (RequestRefusedException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 1990);
        Assert.InRange(read, 10, 1000);
    }

    [Fact]
    public async Task Spool_gives_the_same_fingerprint_for_the_same_studies()
    {
        await using var one = new StudySpool(10);
        await using var two = new StudySpool(10);
        foreach (var study in new[] { "1.2", "1.3", "1.2" })
        {
            one.Add(study);
        }

        two.Add("1.2");
        Assert.NotEqual(one.Fingerprint, two.Fingerprint);
        two.Add(" 1.3");
        Assert.Equal((one.Fingerprint, 2), (two.Fingerprint, two.Count));
    }

    [Fact]
    public void Strict_options_refuse_numbers_for_names() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<SelectionModel>("""{"whole": 1}""", ApiJson.Strict));

    private static Task<NewRequest> ReadAsync(string body, StudySpool studies, int chunk) => ReadAsync(Encoding.UTF8.GetBytes(body), studies, chunk);

    private static async Task<NewRequest> ReadAsync(byte[] body, StudySpool studies, int chunk)
    {
        var pipe = new Pipe();
        var writing = WriteAsync();
        try
        {
            return await RequestBody.ReadAsync(pipe.Reader, studies, CancellationToken.None);
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await writing;
        }

        async Task WriteAsync()
        {
            foreach (var part in body.Chunk(chunk))
            {
                if ((await pipe.Writer.WriteAsync(part)).IsCompleted)
                {
                    break;
                }
            }

            await pipe.Writer.CompleteAsync();
        }
    }

    private static async Task<List<string>> ToListAsync(StudySpool studies)
    {
        var list = new List<string>();
        await foreach (var study in studies.ReadAsync())
        {
            list.Add(study);
        }

        return list;
    }
}
