using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

public sealed class StorageClassTests
{
    private static SyntheticStudy Put(CliStore store, string storageClass)
    {
        var study = store.PutStudy();
        store.Bucket.Put(study.Series[0].TarName(TestStore.Prefix), study.Series[0].Tar, new TestObjectOptions { StorageClass = storageClass });
        return study;
    }

    [Fact(Timeout = 30_000)]
    public async Task Bytes_in_a_class_with_a_retrieval_fee_are_shown()
    {
        await using var store = await CliStore.StartAsync();
        var study = Put(store, "COLDLINE");

        var stats = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid);
        var dryRun = await store.DownloadAsync(study, "--dry-run");

        Assert.Contains("169.4 kB, 0 B saved; 169.4 kB to fetch, 101.6 kB of it in COLDLINE", stats.Out, StringComparison.Ordinal);
        Assert.Contains("5 instances (169.4 kB, 101.6 kB of it in COLDLINE) of 2 series would be fetched", dryRun.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_class_without_a_fee_is_not_shown_but_in_json()
    {
        await using var store = await CliStore.StartAsync();
        var study = Put(store, "REGIONAL");

        var stats = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid);
        var json = (await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "--json")).Json;

        Assert.DoesNotContain("REGIONAL", stats.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("to fetch", stats.Out, StringComparison.Ordinal);
        var classes = json.GetProperty("bytesToFetchByStorageClass");
        Assert.Equal(json.GetProperty("bytesToFetch").GetInt64(), classes.GetProperty("REGIONAL").GetInt64() + classes.GetProperty("STANDARD").GetInt64());
        Assert.Equal(["REGIONAL", "STANDARD"], json.GetProperty("series").EnumerateArray().Select(series => series.GetProperty("tarStorageClass").GetString()!).Order(StringComparer.Ordinal));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("nearline", 1, 2)]
    [InlineData("COLDLINE", 0, 5)]
    [InlineData("archive", 0, 5)]
    public async Task A_series_in_a_colder_class_is_named_and_not_fetched(string most, int exitCode, int saved)
    {
        await using var store = await CliStore.StartAsync();
        var study = Put(store, "COLDLINE");

        var stats = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "--max-storage-class", most);
        var download = await store.DownloadAsync(study, "--max-storage-class", most);

        Assert.Equal((exitCode, exitCode), (stats.ExitCode, download.ExitCode));
        Assert.Contains($" {saved} instances saved", download.Out, StringComparison.Ordinal);
        Assert.Equal(exitCode, download.ErrorLines.Count);
        Assert.All(download.ErrorLines, line => Assert.Contains("the tar is in the storage class COLDLINE, whose retrieval costs a fee, and at most NEARLINE is allowed", line, StringComparison.Ordinal));
        Assert.Equal(exitCode == 1, stats.Out.Contains("storageClass", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_limit_may_be_a_variable()
    {
        await using var store = await CliStore.StartAsync();
        var study = Put(store, "ARCHIVE");
        store.Environment["COD_RETRIEVE_MAX_STORAGE_CLASS"] = "standard";

        Assert.Equal(1, (await store.DownloadAsync(study)).ExitCode);
    }
}
