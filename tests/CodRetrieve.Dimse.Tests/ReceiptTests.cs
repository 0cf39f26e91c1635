using System.Text.Json;
using CodRetrieve.Dimse.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Dimse.Tests;

/// <summary>Receipts of deliveries.</summary>
public sealed class ReceiptTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_second_run_sends_nothing_and_what_changed_in_the_store_goes_again()
    {
        using var folder = new TempFolder();
        await using var store = await TestStore.StartAsync();
        await using var archive = new FakeArchive();
        var study = Put(store, seed: 1, bytes: 20_000);

        var first = await RunAsync(store, study, archive, folder);
        var second = await RunAsync(store, study, archive, folder);
        var changed = Put(store, seed: 2, bytes: 20_002, study);
        var third = await RunAsync(store, changed, archive, folder);
        var fourth = await RunAsync(store, changed, archive, folder);

        Assert.Equal((4, 0), (first.InstancesSaved, first.InstancesSkipped));
        Assert.Equal((0, 4), (second.InstancesSaved, second.InstancesSkipped));
        Assert.Equal((4, 0), (third.InstancesSaved, third.InstancesSkipped));
        Assert.Equal((0, 4), (fourth.InstancesSaved, fourth.InstancesSkipped));
        Assert.Equal(8, archive.Stored.Count);
        Assert.Equal(0, archive.Finds);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receipt_has_what_was_sent_and_how_it_was_confirmed()
    {
        using var folder = new TempFolder();
        await using var store = await TestStore.StartAsync();
        await using var archive = new FakeArchive { OnStore = static number => number == 1 ? (ushort)0xB000 : (ushort)0 };
        var study = Put(store, seed: 1, bytes: 20_000);

        await RunAsync(store, study, archive, folder);

        var path = Assert.Single(Directory.EnumerateFiles(folder.Path, "*.jsonl", SearchOption.AllDirectories));
        Assert.Equal(study.StudyInstanceUid, Path.GetFileNameWithoutExtension(path));
        var receipts = File.ReadAllLines(path).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(
            study.Series.Single().Instances.Select(instance => (instance.SopInstanceUid, instance.SizeBytes)).Order(),
            receipts.Select(receipt => (receipt.GetProperty("sopInstanceUid").GetString()!, receipt.GetProperty("size").GetInt64())).Order());
        Assert.Equal(["Stored", "StoredWithWarning"], receipts.Select(receipt => receipt.GetProperty("outcome").GetString()!).Distinct().Order(StringComparer.Ordinal));
        Assert.All(receipts, receipt =>
        {
            Assert.Equal(archive.Address.ToString(), receipt.GetProperty("receiver").GetString());
            Assert.StartsWith("1.2.840.10008.5.1.4.1.1.", receipt.GetProperty("sopClassUid").GetString(), StringComparison.Ordinal);
        });
        Assert.Equal(0xB000, Assert.Single(receipts, receipt => receipt.GetProperty("outcome").GetString() == "StoredWithWarning").GetProperty("status").GetInt32());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_archive_refused_has_no_receipt()
    {
        using var folder = new TempFolder();
        await using var store = await TestStore.StartAsync();
        await using var archive = new FakeArchive { OnStore = static number => number <= 2 ? (ushort)0xC000 : (ushort)0 };
        var study = Put(store, seed: 1, bytes: 20_000);

        var first = await RunAsync(store, study, archive, folder);
        var second = await RunAsync(store, study, archive, folder);

        Assert.Equal((JobOutcome.Incomplete, 2), (first.Outcome, first.InstancesSaved));
        Assert.Equal((JobOutcome.Complete, 2, 2), (second.Outcome, second.InstancesSaved, second.InstancesSkipped));
    }

    [Fact(Timeout = 60_000)]
    public async Task Receipts_that_cannot_be_written_end_the_job()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, ".codretrieve"), "");
        await using var archive = new FakeArchive();
        await using var handler = new DimseSaveHandler(archive.Address, new() { ReceiptDirectory = folder.Path });

        var failure = await Assert.ThrowsAsync<DestinationException>(() => handler.SendAsync());

        Assert.Equal(DestinationFailure.NotWritable, failure.Reason);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_whole_job_is_committed_and_the_next_one_sends_and_asks_nothing()
    {
        using var folder = new TempFolder();
        await using var store = await TestStore.StartAsync();
        await using var archive = new FakeArchive { OnCommit = static (number, _) => number <= 2 ? (ushort)0x0112 : (ushort)0 };
        string[] studies = [.. Enumerable.Range(0, 20).Select(i => Put(store, seed: i, bytes: 2000).StudyInstanceUid)];

        var (first, counts) = await CommitAsync();
        var actions = archive.Actions;
        var (second, _) = await CommitAsync();

        Assert.Equal((JobOutcome.Complete, 80), (first.Outcome, first.InstancesSaved));
        Assert.Equal("Stored: 80, Committed: 80", counts);
        Assert.Equal((JobOutcome.Complete, 80), (second.Outcome, second.InstancesSkipped));
        Assert.Equal((80, 22), (archive.Stored.Count, archive.Actions));
        Assert.Equal(actions, archive.Actions);

        async Task<(JobResult Result, string Counts)> CommitAsync()
        {
            await using var handler = new DimseSaveHandler(archive.Address, new() { ReceiptDirectory = folder.Path, StorageCommitment = new(), RetryDelay = TimeSpan.Zero });
            await using var cod = new CodDownload(store.Options());
            cod.InitBucket(TestStore.Url);
            var result = await cod.CreateJob(studies, handler).RunAsync();
            return (result, handler.Counts.ToString());
        }
    }

    private static SyntheticStudy Put(TestStore store, int seed, int bytes, SyntheticStudy? before = null)
    {
        var study = before is null ? new SyntheticStudy(seed: seed) : new SyntheticStudy(before.StudyInstanceUid, seed: seed);
        var series = new SyntheticSeriesOptions { InstanceCount = 4, InstanceSizeBytes = bytes };
        study.AddSeries(before is null ? series : new() { InstanceCount = 4, InstanceSizeBytes = bytes, SeriesInstanceUid = before.Series[0].SeriesInstanceUid });
        return store.Put(study);
    }

    private static async Task<JobResult> RunAsync(TestStore store, SyntheticStudy study, FakeArchive archive, TempFolder folder)
    {
        await using var handler = new DimseSaveHandler(archive.Address, new() { ReceiptDirectory = folder.Path, AskForExisting = false });
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);
        return await cod.CreateJob([study.StudyInstanceUid], handler).RunAsync();
    }
}
