using System.Text.Json;

namespace CodRetrieve.Testing.Tests;

public sealed class FixtureListTests
{
    [FixtureFact]
    public async Task Lists_the_sizes_and_hashes_that_the_manifest_has()
    {
        var fixtures = SharedFixtures.Find()!;
        await using var test = await TestServer.StartAsync();
        test.Bucket.PutDirectory(fixtures.BucketFolder);
        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(fixtures.ManifestFile));
        var objects = manifest.RootElement.GetProperty("objects").EnumerateObject().ToArray();
        var items = (await test.ListAsync()).GetProperty("items").EnumerateArray().ToDictionary(
            item => item.GetProperty("name").GetString()!, StringComparer.Ordinal);

        Assert.NotEmpty(objects);
        Assert.Equal(objects.Length, items.Count);
        foreach (var expected in objects)
        {
            var item = items[expected.Name];
            Assert.Equal(expected.Value.GetProperty("size").GetInt64().ToString(), item.GetProperty("size").GetString());
            Assert.Equal(expected.Value.GetProperty("crc32c").GetString(), item.GetProperty("crc32c").GetString());
            Assert.Equal(expected.Value.GetProperty("md5").GetString(), item.GetProperty("md5Hash").GetString());
            var encoding = item.TryGetProperty("contentEncoding", out var value) ? value.GetString() : null;
            Assert.Equal(expected.Value.GetProperty("contentEncoding").GetString(), encoding);
        }
    }
}
