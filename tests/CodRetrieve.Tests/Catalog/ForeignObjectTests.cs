using System.Text;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Catalog;

/// <summary>What people and their systems leave in a store beside what its writer wrote.</summary>
public sealed class ForeignObjectTests
{
    [Theory(Timeout = 30_000)]
    [InlineData("._{series}.tar")]
    [InlineData(".DS_Store")]
    [InlineData("{series}/.DS_Store")]
    [InlineData("{series}/")]
    [InlineData("9.9.9/")]
    [InlineData("")]
    [InlineData(".ipynb_checkpoints/metadata-checkpoint.json")]
    [InlineData("Thumbs.db")]
    [InlineData("desktop.ini")]
    [InlineData("notes.txt")]
    public async Task Files_of_systems_and_objects_that_stand_for_folders_are_left_out(string name)
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store);
        store.Bucket.Put(NameOf(study, name), Encoding.UTF8.GetBytes(name.EndsWith('/') || name.Length == 0 ? "" : "junk"));

        var result = await RunAsync(store, study);

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Empty(Assert.Single(result.Series).Warnings);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("{series} (copy).tar")]
    [InlineData("Copy of {series}.tar")]
    [InlineData("b\u00ef\u001b[31mllede.tar")]
    public async Task A_copy_is_left_out_with_a_warning_that_names_it(string name)
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store);
        store.Bucket.Put(NameOf(study, name), Encoding.UTF8.GetBytes("junk"));

        var result = await RunAsync(store, study);

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        var warning = Assert.Single(Assert.Single(result.Series).Warnings);
        Assert.Contains(NameOf(study, string.Concat(name.Select(c => c is >= ' ' and < (char)0x7f ? c : '?'))), warning, StringComparison.Ordinal);
        Assert.Contains("is not that of a series, and the object is left out", warning, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_series_of_its_own_with_such_a_name_is_a_failure_that_names_it()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store);
        store.Bucket.Put(NameOf(study, "my series/metadata.json"), Encoding.UTF8.GetBytes("{}"));

        var result = await RunAsync(store, study);

        Assert.Equal(JobOutcome.Incomplete, result.Outcome);
        Assert.Contains("/series/my series: a series has a name that cannot be the name of a folder", Assert.Single(result.Failures).ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_of_nothing_else_does_not_exist()
    {
        await using var store = await TestStore.StartAsync();
        store.Bucket.Put($"{TestStore.Prefix}/studies/1.2.3/series/", Array.Empty<byte>());
        store.Bucket.Put($"{TestStore.Prefix}/studies/1.2.3/series/.DS_Store", Encoding.UTF8.GetBytes("junk"));
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);

        var result = await cod.CreateWatchedJob(["1.2.3"], new MemorySaveHandler()).RunAsync();

        Assert.Equal(["1.2.3"], result.MissingStudies);
    }

    private static SyntheticStudy Put(TestStore store)
    {
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 2 });
        return store.Put(study);
    }

    private static string NameOf(SyntheticStudy study, string name) =>
        $"{TestStore.Prefix}/studies/{study.StudyInstanceUid}/series/{name.Replace("{series}", study.Series[0].SeriesInstanceUid, StringComparison.Ordinal)}";

    private static async Task<JobResult> RunAsync(TestStore store, SyntheticStudy study)
    {
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);
        return await cod.CreateWatchedJob([study.StudyInstanceUid], new MemorySaveHandler()).RunAsync();
    }
}
