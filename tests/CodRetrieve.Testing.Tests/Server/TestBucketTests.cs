using System.Text;

namespace CodRetrieve.Testing.Tests;

public sealed class TestBucketTests
{
    [Fact(Timeout = 30_000)]
    public async Task Puts_a_directory_under_relative_names_and_recognizes_compressed_metadata()
    {
        using var directory = new TempFolder();
        directory.Write("studies/1/series/2/metadata.json", [0x1F, 0x8B, 0]);
        directory.Write("studies/1/series/3/metadata.json", Encoding.ASCII.GetBytes("{}"));
        directory.Write("studies/1/series/2.tar", TestServer.Bytes(2048));
        await using var test = await TestServer.StartAsync();

        Assert.Equal(3, test.Bucket.PutDirectory(directory.Path, "demo"));
        Assert.Equal(
            ["demo/studies/1/series/2.tar", "demo/studies/1/series/2/metadata.json", "demo/studies/1/series/3/metadata.json"], test.Bucket.Names);
        Assert.Equal("gzip", test.Bucket.Get("demo/studies/1/series/2/metadata.json").ContentEncoding);
        Assert.Null(test.Bucket.Get("demo/studies/1/series/3/metadata.json").ContentEncoding);
        Assert.Equal(TestServer.Bytes(2048), await test.Client.GetByteArrayAsync(TestServer.MediaPath("demo/studies/1/series/2.tar")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Gives_each_put_a_higher_generation_and_takes_an_explicit_one()
    {
        await using var test = await TestServer.StartAsync();
        var first = test.Bucket.Put("a", new byte[1]);
        var chosen = test.Bucket.Put("b", new MemoryContent(default), new() { Generation = long.MaxValue - 10 });
        var after = test.Bucket.Put("a", new byte[1]);
        Assert.Equal(long.MaxValue - 10, chosen.Generation);
        Assert.True(after.Generation > chosen.Generation && chosen.Generation > first.Generation);
        Assert.True(test.Bucket.Remove("a"));
        Assert.False(test.Bucket.Remove("a"));
        Assert.Null(test.Bucket.Find("a"));
        Assert.Throws<KeyNotFoundException>(() => test.Bucket.Get("a"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Gives_the_hashes_asked_for()
    {
        await using var test = await TestServer.StartAsync();
        var content = new MemoryContent("123456789"u8.ToArray());
        var composite = test.Bucket.Put("composite", content, new() { Hashes = ObjectHashes.Crc32c });
        var none = test.Bucket.Put("none", content, new() { Hashes = ObjectHashes.None });
        Assert.Equal(new ObjectChecksums("4waSgw==", null), await composite.GetChecksumsAsync());
        Assert.Equal(new ObjectChecksums(null, null), await none.GetChecksumsAsync());
    }
}
