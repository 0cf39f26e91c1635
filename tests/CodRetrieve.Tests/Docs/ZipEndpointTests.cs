using System.IO.Compression;
using System.Security.Cryptography;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace CodRetrieve.Tests.Docs;

/// <summary>The recipe's endpoint gives whole zips, and none that looks whole and is not.</summary>
public sealed class ZipEndpointTests
{
    [Fact(Timeout = 60_000)]
    public async Task The_endpoint_of_the_recipe_streams_a_study_as_a_zip()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store);
        await using var app = await StartAsync(store);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var zip = new ZipArchive(new MemoryStream(await client.GetByteArrayAsync($"studies/{study.StudyInstanceUid}.zip")));

        Assert.Equal(
            study.Expected().Select(pair => (pair.Key, pair.Value)),
            zip.Entries.Select(entry => ($"{study.StudyInstanceUid}/{entry.FullName[..^4]}", Sha256(entry))).OrderBy(pair => pair.Item1, StringComparer.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_study_with_a_bad_instance_breaks_the_connection()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store);
        store.Server.Faults.Add(Fault.FlipBit(10_000), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal));
        await using var app = await StartAsync(store);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetByteArrayAsync($"studies/{study.StudyInstanceUid}.zip"));
    }

    private static SyntheticStudy Put(TestStore store)
    {
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 12 });
        study.AddSeries(new() { InstanceCount = 3, InstanceSizeBytes = 300_000 });
        study.PutInto(store.Server.CreateBucket("my-bucket"), "my-prefix/dicomweb");
        return study;
    }

    private static async Task<WebApplication> StartAsync(TestStore store)
    {
        // Started rather than run to its end, and left where this finds it.
        var slot = "recipe-" + Guid.NewGuid().ToString("N");
        var code = CodeBlock.In(Repository.Root, "docs/recipes/zip-endpoint.md").Single().Code
            .Replace("CreateBuilder(args)", $"CreateBuilder([\"--urls=http://127.0.0.1:0\", \"--CodRetrieve:Endpoint={store.Server.Endpoint}\", \"--Logging:LogLevel:Default=None\"])", StringComparison.Ordinal)
            .Replace("app.Run();", $"await app.StartAsync();\nAppContext.SetData(\"{slot}\", app);", StringComparison.Ordinal);
        await CodeCompiler.RunAsync(CodeCompiler.Compile(code));
        return Assert.IsType<WebApplication>(AppContext.GetData(slot));
    }

    private static string Sha256(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }
}
