using CodRetrieve.Dimse.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Dimse.Tests;

/// <summary>What an archive says that it has (C-FIND), before and after sending.</summary>
public sealed class QueryTests
{
    private static readonly DimseSaveOptions AtOnce = new() { RetryDelay = TimeSpan.Zero };

    [Fact(Timeout = 60_000)]
    public async Task A_second_run_without_receipts_sends_nothing()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store, series: 3, instances: 5);
        await using var archive = new FakeArchive();

        var first = await RunAsync(store, study, archive, new());
        var second = await RunAsync(store, study, archive, new());

        Assert.Equal((15, 0), (first.InstancesSaved, first.InstancesSkipped));
        Assert.Equal((0, 15), (second.InstancesSaved, second.InstancesSkipped));
        Assert.Equal(15, archive.Stored.Count);
        Assert.Equal(6, archive.Finds);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0xFF00, true)]
    [InlineData(0xFF01, false)]
    public async Task Matches_without_an_optional_key_and_a_final_response_with_an_identifier_are_read(int pending, bool hasStrayDataSets)
    {
        await using var archive = new FakeArchive { PendingStatus = (ushort)pending, HasStrayDataSets = hasStrayDataSets, OnFind = static (_, _, _) => [("", "1.2.1"), ("", "1.2.22")] };
        await using var handler = new DimseSaveHandler(archive.Address, new() { StorageCommitment = new() });
        var series = CodModelFactory.Series("1.2.3", "1.2.3.4", instances: [("1.2.1", null, null), ("1.2.22", null, null), ("1.2.9", null, null)]);
        await using var reader = new DimseSaveHandler(archive.Address);

        Assert.Equal(["1.2.1", "1.2.22"], (await reader.FindSavedAsync(series, default)).SopInstanceUids.Order(StringComparer.Ordinal));
        Assert.Null(reader.QueryFailure);
        await handler.SendAsync();
        await handler.CompleteStudyAsync(new StudyInfo("1.2.3", IsComplete: true), default);
        Assert.Equal("Stored: 1, Committed: 1", handler.Counts.ToString());
        Assert.DoesNotContain("abort", archive.Ends);
    }

    [Fact(Timeout = 60_000)]
    public async Task Only_what_the_archive_lacks_is_sent()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store, series: 1, instances: 8);
        await using var archive = new FakeArchive();
        await RunAsync(store, study, archive, new());
        var (gone, rest) = (archive.Stored.First(), archive.Stored.Skip(1).ToList());
        archive.Stored.Clear();
        rest.ForEach(archive.Stored.Enqueue);

        var result = await RunAsync(store, study, archive, new());

        Assert.Equal((1, 7), (result.InstancesSaved, result.InstancesSkipped));
        Assert.Equal(gone.SopInstance, archive.Stored.Last().SopInstance);
    }

    [Fact(Timeout = 60_000)]
    public async Task Ten_thousand_matches_are_read()
    {
        string[] uids = [.. Enumerable.Range(0, 10_000).Select(i => $"1.2.3.4.{i}")];
        await using var archive = new FakeArchive { OnFind = (_, _, _) => uids.Append("9.9.9").Select(uid => (PartTen.CtImageStorage, uid)) };
        await using var handler = new DimseSaveHandler(archive.Address);
        var series = CodModelFactory.Series("1.2.3", "1.2.3.4", instances: uids.Append("1.2.9").Select(uid => (uid, (long?)null, (uint?)null)));

        var found = await handler.FindSavedAsync(series, default);

        Assert.Equal(uids.ToHashSet(StringComparer.Ordinal), found.SopInstanceUids);
        Assert.Null(handler.QueryFailure);
    }

    [Fact(Timeout = 60_000)]
    public async Task Matches_without_end_are_refused_and_delivery_goes_on()
    {
        await using var archive = new FakeArchive { OnFind = static (_, _, _) => Enumerable.Range(0, int.MaxValue).Select(i => ("", $"1.2.{i}")) };
        await using var handler = new DimseSaveHandler(archive.Address);

        Assert.Empty((await handler.FindSavedAsync(Instances.Of("1.2.3.4.5.6").Series, default)).SopInstanceUids);
        Assert.Contains("matches", handler.QueryFailure, StringComparison.Ordinal);
        await handler.SendAsync();
        Assert.Single(archive.Stored);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("context", "does not accept C-FIND")]
    [InlineData("association", "rejected the association")]
    [InlineData("0122", "status 0122")]
    [InlineData("C001", "status C001")]
    [InlineData("A900", "status A900")]
    [InlineData("A700", "status A700")]
    public async Task An_archive_that_cannot_be_asked_is_asked_once_and_gets_everything(string fault, string words)
    {
        using var log = new ListLogger();
        await using var archive = new FakeArchive();
        if (fault == "association")
        {
            archive.OnAssociate = number => number == 1 ? FakeArchive.Reject(1, 1, 1) : null;
        }
        else if (fault == "context")
        {
            archive.OnContext = static (sopClass, _) => sopClass == "1.2.840.10008.5.1.4.1.2.2.1" ? (byte)3 : (byte)0;
        }
        else
        {
            archive.FindStatus = _ => Convert.ToUInt16(fault, 16);
        }

        await using var handler = new DimseSaveHandler(archive.Address, new() { RetryDelay = TimeSpan.Zero, Logger = log });
        Assert.Null(handler.QueryFailure);

        for (var i = 1; i <= 3; i++)
        {
            Assert.Empty((await handler.FindSavedAsync(Instances.Of($"1.2.{i}").Series, default)).SopInstanceUids);
            await handler.SendAsync($"1.2.{i}");
        }

        Assert.Contains(words, handler.QueryFailure, StringComparison.Ordinal);
        Assert.Equal(3, archive.Stored.Count);
        Assert.Equal(fault == "A700" ? 5 : fault.Length == 4 ? 1 : 0, archive.Finds);
        Assert.Single(log.Entries, entry => entry.Message.Contains("is sent again", StringComparison.Ordinal));
        Assert.DoesNotContain("1.2.840.10008.5.1.4.1.2.2.1 1.2.840.10008.1.2", archive.Proposals.Last().Take(fault == "association" ? 99 : 0));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_query_that_is_cut_is_made_again()
    {
        var cut = 0;
        await using var archive = new FakeArchive
        {
            OnFind = (_, _, _) => Interlocked.Increment(ref cut) <= 2 ? throw new IOException("cut") : [(PartTen.CtImageStorage, "1.2.3.4.5.6")],
        };
        await using var handler = new DimseSaveHandler(archive.Address, AtOnce);

        Assert.Equal(["1.2.3.4.5.6"], (await handler.FindSavedAsync(Instances.Of("1.2.3.4.5.6").Series, default)).SopInstanceUids);
        Assert.Null(handler.QueryFailure);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_asked_where_that_is_not_wanted()
    {
        await using var archive = new FakeArchive();
        await using var handler = new DimseSaveHandler(archive.Address, new() { AskForExisting = false });
        await handler.SendAsync();

        Assert.Empty((await handler.FindSavedAsync(Instances.Of("1.2.3.4.5.6").Series, default)).SopInstanceUids);
        Assert.Equal(0, archive.Finds);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(2)]
    public async Task What_was_confirmed_is_looked_for_by_the_UIDs_of_the_file_until_it_is_found(int late)
    {
        var asked = new List<(string, string, string)>();
        await using var archive = new FakeArchive();
        archive.OnFind = (study, series, instance) =>
        {
            asked.Add((study, series, instance));
            return asked.Count > late ? [("", instance)] : [];
        };
        await using var handler = new DimseSaveHandler(archive.Address, new() { RetryDelay = TimeSpan.Zero, VerifyExistence = true });
        var instance = CodModelFactory.Series("hashed-study", "hashed-series", instances: [("hashed-instance", null, null)]).Instances[0];

        await handler.SaveAsync(instance, new TestContent(PartTen.File("1.2.3.4.5.6")), default);

        Assert.Equal(Enumerable.Repeat(("1.2.3", "1.2.3.4", "1.2.3.4.5.6"), late + 1), asked);
        Assert.Equal("Stored: 1", handler.Counts.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_was_confirmed_and_is_not_found_has_failed()
    {
        await using var archive = new FakeArchive { OnFind = static (_, _, _) => [(PartTen.CtImageStorage, "1.2.9")] };
        await using var handler = new DimseSaveHandler(archive.Address, new() { RetryDelay = TimeSpan.Zero, VerifyExistence = true });

        var failure = await Assert.ThrowsAsync<DimseException>(() => handler.SendAsync());

        Assert.Contains("does not find it", failure.Message, StringComparison.Ordinal);
        Assert.Equal("Unknown: 1", handler.Counts.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task An_archive_that_cannot_be_asked_ends_a_job_that_is_to_be_verified_before_anything_is_sent()
    {
        await using var archive = new FakeArchive { OnContext = static (sopClass, _) => sopClass == "1.2.840.10008.5.1.4.1.2.2.1" ? (byte)3 : (byte)0 };
        await using var handler = new DimseSaveHandler(archive.Address, new() { VerifyExistence = true });

        var failure = await Assert.ThrowsAsync<DestinationException>(() => handler.FindSavedAsync(Instances.Of("1.2.3").Series, default).AsTask());

        Assert.Contains("cannot be asked", failure.Message, StringComparison.Ordinal);
        Assert.Empty(archive.Stored);
    }

    private static SyntheticStudy Put(TestStore store, int series, int instances)
    {
        var study = new SyntheticStudy("1.2.3.4", seed: 1);
        for (var i = 0; i < series; i++)
        {
            study.AddSeries(new() { InstanceCount = instances });
        }

        return store.Put(study);
    }

    private static async Task<JobResult> RunAsync(TestStore store, SyntheticStudy study, FakeArchive archive, DimseSaveOptions options)
    {
        await using var handler = new DimseSaveHandler(archive.Address, options);
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);
        return await cod.CreateJob([study.StudyInstanceUid], handler).RunAsync();
    }
}
