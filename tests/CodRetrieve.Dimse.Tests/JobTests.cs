using System.Security.Cryptography;
using CodRetrieve.Dimse.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Dimse.Tests;

/// <summary>Whole jobs from a store to an archive.</summary>
public sealed class JobTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_job_delivers_every_instance_of_a_study()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store);
        await using var archive = new FakeArchive();
        await using var handler = new DimseSaveHandler(archive.Address);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);

        var result = await (await cod.DownloadAsync([study.StudyInstanceUid], handler)).RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(15, result.InstancesSaved);
        Assert.Equal(
            study.Series.SelectMany(series => series.Instances).Select(instance => instance.SopInstanceUid).Order(StringComparer.Ordinal),
            archive.Stored.Select(stored => stored.SopInstance).Order(StringComparer.Ordinal));
        Assert.Equal(15, archive.Stored.Select(stored => Convert.ToHexString(SHA256.HashData(stored.DataSet))).Distinct().Count());
        Assert.DoesNotContain("abort", archive.Ends);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_instance_with_a_flipped_bit_is_aborted_and_fetched_again()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store);
        store.Server.Faults.Add(Fault.FlipBitAtRandom(), RequestKind.Media, times: 3);
        await using var archive = new FakeArchive();
        await using var handler = new DimseSaveHandler(archive.Address);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);

        var result = await (await cod.DownloadAsync([study.StudyInstanceUid], handler)).RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(15, archive.Stored.Count);
        Assert.Equal(15, archive.Stored.Select(stored => stored.SopInstance).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact(Timeout = 60_000)]
    public async Task An_archive_that_rejects_the_association_ends_the_job_with_one_error()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store);
        await using var archive = new FakeArchive { OnAssociate = static _ => FakeArchive.Reject(1, 1, 7) };
        await using var handler = new DimseSaveHandler(archive.Address);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = await cod.DownloadAsync([study.StudyInstanceUid], handler);

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => job.RunAsync());

        Assert.Contains("called AE title", Assert.IsType<DestinationException>(failure.InnerException).Message, StringComparison.Ordinal);
        Assert.Equal(0, failure.Result.InstancesSaved);
    }

    private static SyntheticStudy Put(TestStore store)
    {
        var study = new SyntheticStudy("1.2.3.4", seed: 1);
        for (var i = 0; i < 3; i++)
        {
            study.AddSeries(new() { InstanceCount = 5 });
        }

        return store.Put(study);
    }
}
