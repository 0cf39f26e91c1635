using System.Collections.Concurrent;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace CodRetrieve.Tests.Docs;

/// <summary>The recipes for stores and handlers run, and what they make keeps the contracts that they name.</summary>
public sealed class RecipeTests
{
    private static readonly Lazy<Assembly> DictionaryStore = new(() => CodeCompiler.Compile(
        CodeBlock.In(Repository.Root, "docs/recipes/object-store.md").First().Code));

    public static TheoryData<string> Checks =>
        new(ObjectStoreContract.ChecksFor(ObjectStoreCapabilities.UnusualNames).Select(check => check.Name));

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Checks))]
    public Task The_store_in_memory_keeps_the_contract(string check) => ObjectStoreContract.Checks.Single(one => one.Name == check).RunAsync(new Fixture());

    [Theory(Timeout = 120_000)]
    [InlineData("object-store.md")]
    [InlineData("save-handler.md")]
    public async Task The_example_of_the_checks_passes(string recipe) =>
        await CodeCompiler.RunAsync(CodeCompiler.Compile(CodeBlock.In(Repository.Root, $"docs/recipes/{recipe}").Last().Code));

    [Fact(Timeout = 60_000)]
    public async Task The_example_of_a_save_handler_puts_the_study_on_a_share_and_nothing_again()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy("1.2.3.4", seed: 1);
        study.AddSeries(new() { InstanceCount = 3 });
        study.PutInto(store.Server.CreateBucket("my-bucket"), "my-prefix/dicomweb");
        var (files, puts) = (new ConcurrentDictionary<string, byte[]>(StringComparer.Ordinal), 0);
        await using var share = await StartShareAsync(files, () => Interlocked.Increment(ref puts));
        var code = CodeBlock.In(Repository.Root, "docs/recipes/save-handler.md").First().Code;
        code = Replaced(code, "http://files.hospital.example/", share.Urls.Single() + "/");
        code = Replaced(code, "new CodDownload()", $"new CodDownload(new CodDownloadOptions {{ Endpoint = new Uri(\"{store.Server.Endpoint}\") }})");
        var program = CodeCompiler.Compile(code);

        await CodeCompiler.RunAsync(program);
        await CodeCompiler.RunAsync(program);

        Assert.Equal(
            study.Series[0].Instances.Select(one => ($"/images/1.2.3.4/{study.Series[0].SeriesInstanceUid}/{one.SopInstanceUid}.dcm", one.Sha256)).Order(),
            files.Select(file => (file.Key, Convert.ToHexStringLower(SHA256.HashData(file.Value)))).Order());
        Assert.Equal(3, puts);
    }

    private static async Task<WebApplication> StartShareAsync(ConcurrentDictionary<string, byte[]> files, Action put)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var share = builder.Build();
        share.Run(async context =>
        {
            if (HttpMethods.IsPut(context.Request.Method))
            {
                put();
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                files[context.Request.Path] = body.ToArray();
            }
            else if (files.TryGetValue(context.Request.Path, out var file))
            {
                context.Response.ContentLength = file.Length;
            }
            else
            {
                context.Response.StatusCode = 404;
            }
        });
        await share.StartAsync();
        return share;
    }

    [Fact(Timeout = 60_000)]
    public async Task The_example_of_a_client_retrieves_the_study()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy("1.2.3.4", seed: 1);
        study.AddSeries(new() { InstanceCount = 3 });
        study.PutInto(store.Server.CreateBucket("my-bucket"), "my-prefix/dicomweb");
        using var folder = new TempFolder();
        var code = CodeBlock.In(Repository.Root, "docs/recipes/google-cloud-storage.md").Single().Code;
        var (start, end) = (code.IndexOf("// As the application", StringComparison.Ordinal), code.IndexOf("await using var cod", StringComparison.Ordinal));

        // The places that are other than in the cloud: the login, the server and the folder.
        code = $"{code[..start]}using var client = new StorageClientBuilder {{ UnauthenticatedAccess = true, BaseUri = \"{store.Server.Endpoint}storage/v1/\" }}.Build();\n{code[end..]}"
            .Replace("\"studies\"", $"@\"{folder.Path}\"", StringComparison.Ordinal);
        await CodeCompiler.RunAsync(CodeCompiler.Compile(code));

        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_example_of_a_cohort_saves_thin_ct_by_groups_and_pseudonyms()
    {
        await using var store = await TestStore.StartAsync();
        var thin = new SyntheticStudy("1.2.3.4", seed: 1);
        thin.AddSeries(new() { InstanceCount = 3, Attributes = _ => [SyntheticAttribute.OfNumber("00180050", "DS", 1)] });
        thin.AddSeries(new() { InstanceCount = 2, Modality = "MR", Attributes = _ => [SyntheticAttribute.OfNumber("00180050", "DS", 1)] });
        var thick = new SyntheticStudy("1.2.3.5", seed: 2);
        thick.AddSeries(new() { InstanceCount = 2, Attributes = _ => [SyntheticAttribute.OfNumber("00180050", "DS", 5)] });
        var bucket = store.Server.CreateBucket("my-bucket");
        thin.PutInto(bucket, "my-prefix/dicomweb");
        thick.PutInto(bucket, "my-prefix/dicomweb");
        using var folder = new TempFolder();
        var code = CodeBlock.In(Repository.Root, "docs/recipes/cohort.md").Single().Code;
        code = Replaced(code, "\"cohort.csv\"", $"@\"{folder.Write("cohort.csv", "StudyInstanceUID,group", "1.2.3.4,case", "1.2.3.5,control")}\"");
        code = Replaced(code, "\"salt.txt\"", $"@\"{folder.Write("salt.txt", "planted-secret")}\"");
        code = Replaced(code, "\"by-group\"", $"@\"{folder.Output}\"");
        code = Replaced(code, "    Layout =", $"    Endpoint = new Uri(\"{store.Server.Endpoint}\"),\n    Layout =");

        await CodeCompiler.RunAsync(CodeCompiler.Compile(code));

        var saved = Directory.GetFiles(folder.Output, "*.dcm", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder.Output, path).Replace('\\', '/')).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(3, saved.Count);
        Assert.All(saved, path => Assert.Matches($"^case/[0-9a-f]{{16}}/{thin.Series[0].SeriesInstanceUid}/0000[1-3]\\.dcm$", path));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_example_of_previews_ends_with_all_of_the_studies()
    {
        await using var store = await TestStore.StartAsync();
        var studies = new[] { new SyntheticStudy("1.2.3.4", seed: 1), new SyntheticStudy("1.2.3.5", seed: 2) };
        var bucket = store.Server.CreateBucket("my-bucket");
        foreach (var study in studies)
        {
            study.AddSeries(new() { InstanceCount = 5 });
            study.PutInto(bucket, "my-prefix/dicomweb");
        }

        using var folder = new TempFolder();
        var code = Replaced(CodeBlock.In(Repository.Root, "docs/recipes/previews.md").Single().Code, "\"studies\"", $"@\"{folder.Path}\"");
        code = Replaced(code, "new CodDownload()", $"new CodDownload(new CodDownloadOptions {{ Endpoint = new Uri(\"{store.Server.Endpoint}\") }})");

        await CodeCompiler.RunAsync(CodeCompiler.Compile(code));

        Assert.Equal(studies.SelectMany(study => study.Expected()), SavedFiles.InFolder(folder.Path));
    }

    private static string Replaced(string code, string old, string with)
    {
        Assert.Contains(old, code, StringComparison.Ordinal);
        return code.Replace(old, with, StringComparison.Ordinal);
    }

    private sealed class Fixture : IObjectStoreFixture
    {
        private readonly SortedDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);

        public Fixture() => Store = (IObjectStore)Activator.CreateInstance(DictionaryStore.Value.GetType("DictionaryStore")!, _objects)!;

        public IObjectStore Store { get; }

        public Task PutAsync(string name, ReadOnlyMemory<byte> content, string? contentEncoding, CancellationToken cancellationToken)
        {
            _objects[name] = content.ToArray();
            return Task.CompletedTask;
        }
    }
}
