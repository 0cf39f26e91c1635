using System.Net;

namespace CodRetrieve.Testing.Tests;

public sealed class ListTests
{
    private static async Task<TestServer> StartAsync(params string[] names)
    {
        var test = await TestServer.StartAsync();
        foreach (var name in names)
        {
            test.Bucket.Put(name, TestServer.Bytes(name.Length));
        }

        return test;
    }

    [Fact(Timeout = 30_000)]
    public async Task Gives_names_in_the_order_of_their_utf8_bytes()
    {
        await using var test = await StartAsync("b", "a/2", "a/10", "B", "\uFFFD", "\U0001F600");
        Assert.Equal(["B", "a/10", "a/2", "b", "\uFFFD", "\U0001F600"], (await test.ListAsync()).Strings("items", "name"));
        Assert.Equal(["B", "a/10", "a/2", "b", "\uFFFD", "\U0001F600"], test.Bucket.Names);
    }

    [Fact(Timeout = 30_000)]
    public async Task Groups_names_at_the_delimiter()
    {
        await using var test = await StartAsync("s/1.tar", "s/1/metadata.json", "s/1/index.sqlite", "s/2.tar", "s/2/metadata.json", "t/x");
        var page = await test.ListAsync("prefix=s/&delimiter=/");
        Assert.Equal(["s/1.tar", "s/2.tar"], page.Strings("items", "name"));
        Assert.Equal(["s/1/", "s/2/"], page.Strings("prefixes"));
        Assert.False(page.TryGetProperty("nextPageToken", out _));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Pages_count_objects_and_prefixes_together_and_lose_none(int maxResults)
    {
        await using var test = await StartAsync("s/1.tar", "s/1/a", "s/1/b", "s/1/c", "s/2.tar", "s/2/a", "s/2/b", "s/3");
        List<string> names = [], prefixes = [];
        string? token = "";
        while (token is not null)
        {
            var page = await test.ListAsync($"prefix=s/&delimiter=/&maxResults={maxResults}&pageToken={Uri.EscapeDataString(token)}");
            string[] pageNames = page.Strings("items", "name"), pagePrefixes = page.Strings("prefixes");
            Assert.InRange(pageNames.Length + pagePrefixes.Length, 1, maxResults);
            names.AddRange(pageNames);
            prefixes.AddRange(pagePrefixes);
            token = page.TryGetProperty("nextPageToken", out var next) ? next.GetString() : null;
        }

        Assert.Equal(["s/1.tar", "s/2.tar", "s/3"], names);
        Assert.Equal(["s/1/", "s/2/"], prefixes);
    }

    [Fact(Timeout = 30_000)]
    public async Task Gives_only_the_fields_asked_for()
    {
        await using var test = await StartAsync("s/1.tar", "s/1/a");
        var page = await test.ListAsync("prefix=s/&delimiter=/&fields=items(name,size),prefixes");
        Assert.Equal(["prefixes", "items"], page.EnumerateObject().Select(p => p.Name).ToArray());
        Assert.Equal(["name", "size"], page.GetProperty("items")[0].EnumerateObject().Select(p => p.Name).ToArray());
        Assert.Equal("7", page.GetProperty("items")[0].GetProperty("size").GetString());
        Assert.Equal(["name"], (await test.ListAsync("fields=items/name")).GetProperty("items")[0].EnumerateObject().Select(p => p.Name).ToArray());
        Assert.True((await test.ListAsync("fields=*")).GetProperty("items")[0].TryGetProperty("crc32c", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task Begins_at_the_start_offset()
    {
        await using var test = await StartAsync("a", "b", "c");
        Assert.Equal(["b", "c"], (await test.ListAsync("startOffset=b")).Strings("items", "name"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Has_the_resource_of_an_object_with_a_slash_and_a_percent_in_its_name()
    {
        await using var test = await StartAsync("a/b%2Fc d+e.tar");
        var item = await test.GetJsonAsync($"storage/v1/b/{TestServer.BucketName}/o/{Uri.EscapeDataString("a/b%2Fc d+e.tar")}");
        Assert.Equal("a/b%2Fc d+e.tar", item.GetProperty("name").GetString());
        Assert.Equal(test.Bucket.Get("a/b%2Fc d+e.tar").Generation.ToString(), item.GetProperty("generation").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task Gives_a_known_crc32c_and_md5()
    {
        await using var test = await StartAsync();
        test.Bucket.Put("check", "123456789"u8.ToArray());
        var item = (await test.ListAsync()).GetProperty("items")[0];
        Assert.Equal("4waSgw==", item.GetProperty("crc32c").GetString());
        Assert.Equal("JfnnlDI7RTiF9RgfG2JNCw==", item.GetProperty("md5Hash").GetString());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("no-such-bucket/o", HttpStatusCode.NotFound, "notFound")]
    [InlineData("test-bucket/o?maxResults=x", HttpStatusCode.BadRequest, "invalid")]
    [InlineData("test-bucket/o?maxResults=0", HttpStatusCode.BadRequest, "invalid")]
    [InlineData("test-bucket/o?pageToken=***", HttpStatusCode.BadRequest, "invalid")]
    [InlineData("test-bucket/o?fields=items(name", HttpStatusCode.BadRequest, "invalid")]
    [InlineData("test-bucket/o/missing", HttpStatusCode.NotFound, "notFound")]
    [InlineData("test-bucket/o/not/escaped", HttpStatusCode.NotFound, "notFound")]
    public async Task Refuses_with_the_json_error_of_gcs(string path, HttpStatusCode status, string reason)
    {
        await using var test = await StartAsync("not/escaped");
        using var response = await test.Client.GetAsync("storage/v1/b/" + path);
        Assert.Equal(status, response.StatusCode);
        using var json = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var error = json.RootElement.GetProperty("error");
        Assert.Equal((int)status, error.GetProperty("code").GetInt32());
        Assert.Equal(reason, error.GetProperty("errors")[0].GetProperty("reason").GetString());
        Assert.Equal("global", error.GetProperty("errors")[0].GetProperty("domain").GetString());
    }
}
