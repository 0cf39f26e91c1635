using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

/// <summary><c>--all</c>: the studies of the store in place of a list.</summary>
public sealed class AllStudiesTests
{
    [Fact(Timeout = 60_000)]
    public async Task All_studies_are_retrieved_shown_and_verified()
    {
        await using var store = await CliStore.StartAsync();
        var studies = new[] { store.PutStudy(1), store.PutStudy(2) };

        var before = await store.RunAsync("stats", TestStore.Url, "--all", "-o", store.Folder.Output);
        var download = await store.RunAsync("download", TestStore.Url, "--all", "-o", store.Folder.Output);
        var again = await store.RunAsync("download", TestStore.Url, "--all", "-o", store.Folder.Output);
        var verify = await store.RunAsync("verify", TestStore.Url, "--all", "-o", store.Folder.Output);

        Assert.Equal((0, 0, 0, 0), (before.ExitCode, download.ExitCode, again.ExitCode, verify.ExitCode));
        Assert.Contains("4 series, 0 saved; 10 instances, 0 saved", before.Out, StringComparison.Ordinal);
        Assert.Contains("Retrieving all studies of ", download.Out, StringComparison.Ordinal);
        Assert.Contains("complete: 10 instances saved", download.Out, StringComparison.Ordinal);
        Assert.Contains("complete: 0 instances saved (0 B), 10 skipped", again.Out, StringComparison.Ordinal);
        Assert.Contains("Verifying 2 studies", verify.Out, StringComparison.Ordinal);
        Assert.Equal(studies.SelectMany(study => study.Expected()).OrderBy(pair => pair.Key, StringComparer.Ordinal), SavedFiles.InFolder(store.Folder.Output).OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("stats")]
    [InlineData("download")]
    [InlineData("download", "--dry-run")]
    [InlineData("verify")]
    public async Task It_excludes_studies(string command, params string[] more)
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync([command, TestStore.Url, "1.2.3", "--all", "-o", store.Folder.Output, .. more]);

        Assert.Equal((2, "error: --all means all studies of the store: give no STUDY and no --from with it."), (result.ExitCode, Assert.Single(result.ErrorLines)));
        Assert.Empty(store.Server.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("stats")]
    [InlineData("download")]
    [InlineData("download", "--dry-run")]
    [InlineData("verify")]
    public async Task A_store_without_studies_says_so_and_exits_with_4(string command, params string[] more)
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync([command, TestStore.Url, "--all", "-o", store.Folder.Output, .. more]);

        Assert.Equal((4, $"error: {TestStore.Url} holds no studies. Check the prefix: the store has its studies in the folder 'studies' below it."), (result.ExitCode, Assert.Single(result.ErrorLines)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Neither_all_nor_a_study_is_a_usage_error()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("download", TestStore.Url, "-o", store.Folder.Output);

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_cannot_be_asked_for_is_named_and_all_else_is_retrieved()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1);
        store.Bucket.Put($"{TestStore.Prefix}/studies/a b/series/1.tar", new byte[1]);
        foreach (var uid in new[] { "ABC", "abc" })
        {
            var twin = new SyntheticStudy(uid, seed: 5);
            twin.AddSeries(new SyntheticSeriesOptions { InstanceCount = 1 });
            twin.PutInto(store.Bucket, TestStore.Prefix);
        }

        var download = await store.RunAsync("download", TestStore.Url, "--all", "-o", store.Folder.Output);
        var stats = await store.RunAsync("stats", TestStore.Url, "--all", "-o", store.Folder.Output);

        Assert.Equal((1, 1), (download.ExitCode, stats.ExitCode));
        Assert.Contains($"complete: {study.Series.Sum(series => series.Instances.Count) + 1} instances saved", download.Out, StringComparison.Ordinal);
        Assert.All(new[] { download, stats }, result =>
        {
            Assert.Contains(result.ErrorLines, line => line.Contains("/studies/a b: a study has a name", StringComparison.Ordinal));
            Assert.Contains(result.ErrorLines, line => line.Contains("The study abc differs from another one only in case", StringComparison.Ordinal));
        });
    }

    [Fact(Timeout = 60_000)]
    public async Task Many_hostile_names_are_a_number_after_the_first_twenty()
    {
        await using var store = await CliStore.StartAsync();
        store.PutStudy(1);
        for (var i = 0; i < 30; i++)
        {
            store.Bucket.Put($"{TestStore.Prefix}/studies/a {i}/series/1.tar", new byte[1]);
        }

        var result = await store.RunAsync("download", TestStore.Url, "--all", "-o", store.Folder.Output);

        Assert.Equal((1, 21), (result.ExitCode, result.ErrorLines.Count));
        Assert.Contains("and 10 more folders", result.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_list_of_failed_studies_has_those_of_the_store()
    {
        await using var store = await CliStore.StartAsync();
        store.PutStudy(1);
        var bad = store.PutStudy(2, new SyntheticSeriesOptions { OmitTar = true });
        var list = Path.Combine(store.Folder.Path, "failed.txt");

        var result = await store.RunAsync("download", TestStore.Url, "--all", "-o", store.Folder.Output, "--failed-list", list);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(bad.StudyInstanceUid, Assert.Single(await File.ReadAllLinesAsync(list), line => !line.StartsWith('#')));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_store_that_may_not_be_listed_ends_the_download()
    {
        await using var store = await CliStore.StartAsync();
        store.PutStudy(1);
        store.Server.Faults.Add(new FaultRule(Fault.Status(403)));

        var result = await store.RunAsync("download", TestStore.Url, "--all", "-o", store.Folder.Output);

        Assert.Equal(3, result.ExitCode);
    }
}
