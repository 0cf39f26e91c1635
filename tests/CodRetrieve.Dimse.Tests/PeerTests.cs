using System.Text.Json;
using CodRetrieve.Dimse.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Dimse.Tests;

/// <summary>Delivery to archives that others wrote.</summary>
public sealed class PeerTests
{
    private static readonly int[] Sizes = [0, 2, 16_370, 16_384, 500_000, 20_000_000];

    [PeerFact("storescp")]
    public async Task Dcmtk_stores_bit_for_bit_what_was_sent()
    {
        using var folder = new TempFolder();
        var port = PeerProcess.FreePort();
        await using var handler = new DimseSaveHandler(DimseAddress.Parse($"dicom://ARCHIVE@127.0.0.1:{port}?calling=TESTS"), new() { MaxAssociations = 1 });
        await using var peer = await PeerProcess.StartAsync("storescp", folder.Path, port, handler, "+B", "-aet", "ARCHIVE", "-od", folder.Path, $"{port}");

        foreach (var size in Sizes)
        {
            await handler.SendAsync($"1.2.3.{size}", size);
        }

        await handler.SendAsync("1.2.4", 1000, transferSyntax: "1.2.840.10008.1.2");
        await handler.CloseAsync();
        foreach (var size in Sizes)
        {
            var stored = await File.ReadAllBytesAsync(Directory.EnumerateFiles(folder.Path).Single(path => path.EndsWith($".1.2.3.{size}", StringComparison.Ordinal)));
            var dataSet = PartTen.DataSet(PartTen.CtImageStorage, $"1.2.3.{size}", size);
            Assert.Equal(dataSet, stored[^dataSet.Length..]);
        }
    }

    [PeerFact("storescp")]
    public async Task Dcmtk_names_the_context_that_it_does_not_accept()
    {
        using var folder = new TempFolder();
        var port = PeerProcess.FreePort();
        await using var handler = new DimseSaveHandler(DimseAddress.Parse($"dicom://ARCHIVE@127.0.0.1:{port}"));
        await using var peer = await PeerProcess.StartAsync("storescp", folder.Path, port, handler, "+B", "-od", folder.Path, $"{port}");

        var failure = await Assert.ThrowsAsync<DimseException>(() => handler.SendAsync(transferSyntax: PartTen.JpegLs));

        Assert.Contains(PartTen.JpegLs, failure.Message, StringComparison.Ordinal);
        await handler.SendAsync();
        Assert.Single(Directory.EnumerateFiles(folder.Path));
    }

    [PeerFact("storescp")]
    public async Task Dcmtk_keeps_nothing_of_an_instance_whose_content_failed()
    {
        using var folder = new TempFolder();
        var port = PeerProcess.FreePort();
        await using var handler = new DimseSaveHandler(DimseAddress.Parse($"dicom://ARCHIVE@127.0.0.1:{port}"));
        await using var peer = await PeerProcess.StartAsync("storescp", folder.Path, port, handler, "--fork", "-od", folder.Path, $"{port}");

        await Assert.ThrowsAsync<InvalidOperationException>(() => handler.SendAsync("1.2.1", 300_000, end: _ => throw new InvalidOperationException()));
        await handler.SendAsync("1.2.2", 300_000);

        Assert.EndsWith(".1.2.2", Assert.Single(Directory.EnumerateFiles(folder.Path)), StringComparison.Ordinal);
    }

    [PeerFact("Orthanc")]
    public async Task Orthanc_stores_instances_over_several_associations()
    {
        using var folder = new TempFolder();
        var port = PeerProcess.FreePort();
        var configuration = await ConfigureAsync(folder, port);
        await using var handler = new DimseSaveHandler(DimseAddress.Parse($"dicom://ARCHIVE@127.0.0.1:{port}?calling=TESTS"), new() { MaxAttempts = 1 });
        await using var peer = await PeerProcess.StartAsync("Orthanc", folder.Path, port, handler, configuration);
        int[] sizes = [.. Enumerable.Range(1, 20).Select(i => i * 10_000), 10_000_000];

        await Task.WhenAll(sizes.Select(size => handler.SendAsync($"1.2.3.{size}", size)));

        var stored = Directory.EnumerateFiles(Path.Combine(folder.Path, "storage"), "*", SearchOption.AllDirectories).Select(path => new FileInfo(path).Length).ToList();
        Assert.All(sizes, size => Assert.Contains(stored, length => length > size && length < size + 2000));
        await using var stranger = new DimseSaveHandler(DimseAddress.Parse($"dicom://OTHER@127.0.0.1:{port}"), new() { MaxAttempts = 1 });
        var failure = await Assert.ThrowsAsync<DestinationException>(() => stranger.EchoAsync());
        Assert.Contains("called AE title OTHER", failure.Message, StringComparison.Ordinal);
    }

    [PeerFact("Orthanc")]
    public async Task Orthanc_commits_what_it_stored_and_finds_it()
    {
        using var folder = new TempFolder();
        var (port, reports) = (PeerProcess.FreePort(), PeerProcess.FreePort());
        var configuration = await ConfigureAsync(folder, port, reports);
        await using var handler = new DimseSaveHandler(
            DimseAddress.Parse($"dicom://ARCHIVE@127.0.0.1:{port}?calling=TESTS"),
            new() { StorageCommitment = new() { ListenPort = reports, MaxInstances = 10, Timeout = TimeSpan.FromSeconds(30) }, VerifyExistence = true });
        await using var peer = await PeerProcess.StartAsync("Orthanc", folder.Path, port, handler, configuration);
        string[] uids = [.. Enumerable.Range(1, 25).Select(i => $"1.2.3.{i}")];
        await handler.OpenAsync(default);

        await Task.WhenAll(uids.Select(uid => handler.SendAsync(uid, 10_000)));
        await handler.CompleteStudyAsync(new StudyInfo("1.2.3", IsComplete: true), default);
        await handler.CloseAsync();

        Assert.Equal("Stored: 25, Committed: 25", handler.Counts.ToString());
        var series = CodModelFactory.Series("1.2.3", "1.2.3.4", instances: uids.Append("1.2.99").Select(static uid => (uid, (long?)null, (uint?)null)));
        Assert.Equal(uids.ToHashSet(StringComparer.Ordinal), (await handler.FindSavedAsync(series, default)).SopInstanceUids);
        Assert.Null(handler.QueryFailure);
    }

    [PeerFact("Orthanc")]
    public async Task Orthanc_does_not_commit_what_it_does_not_have()
    {
        using var folder = new TempFolder();
        var (port, reports) = (PeerProcess.FreePort(), PeerProcess.FreePort());
        var configuration = await ConfigureAsync(folder, port, reports);
        var address = DimseAddress.Parse($"dicom://ARCHIVE@127.0.0.1:{port}?calling=TESTS");
        await using (var other = new FakeArchive(port))
        await using (var before = new DimseSaveHandler(address, new() { ReceiptDirectory = folder.Path }))
        {
            await before.SendAsync();
        }

        await using var handler = new DimseSaveHandler(address, new() { StorageCommitment = new() { ListenPort = reports, Timeout = TimeSpan.FromSeconds(1) }, ReceiptDirectory = folder.Path });
        await using var peer = await PeerProcess.StartAsync("Orthanc", folder.Path, port, handler, configuration);
        await handler.OpenAsync(default);
        await handler.FindSavedAsync(Instances.Of("1.2.3.4.5.6").Series, default);

        var failure = await Assert.ThrowsAsync<DimseException>(() => handler.CompleteStudyAsync(new StudyInfo("1.2.3", IsComplete: true), default).AsTask());
        await handler.CloseAsync();

        Assert.Contains("1 × no such object instance (0112H)", failure.Message, StringComparison.Ordinal);
        Assert.Equal("NotCommitted: 1", handler.Counts.ToString());
    }

    [PeerFact("Orthanc")]
    public async Task Orthanc_that_does_not_know_this_side_is_not_asked_and_gets_everything()
    {
        using var folder = new TempFolder();
        var port = PeerProcess.FreePort();
        var configuration = await ConfigureAsync(folder, port);
        await using var handler = new DimseSaveHandler(DimseAddress.Parse($"dicom://ARCHIVE@127.0.0.1:{port}?calling=STRANGER"), new() { RetryDelay = TimeSpan.Zero });
        await using var peer = await PeerProcess.StartAsync("Orthanc", folder.Path, port, handler, configuration);

        Assert.Empty((await handler.FindSavedAsync(Instances.Of("1.2.3.4.5.6").Series, default)).SopInstanceUids);
        Assert.NotNull(handler.QueryFailure);
        await handler.SendAsync();
        Assert.Equal("Stored: 1", handler.Counts.ToString());
    }

    [PeerFact("Orthanc")]
    public async Task Orthanc_that_is_killed_in_the_middle_and_comes_back_gets_everything()
    {
        using var folder = new TempFolder();
        var (port, reports) = (PeerProcess.FreePort(), PeerProcess.FreePort());
        var configuration = await ConfigureAsync(folder, port, reports);
        var address = DimseAddress.Parse($"dicom://ARCHIVE@127.0.0.1:{port}?calling=TESTS");
        var options = new DimseSaveOptions { RetryDelay = TimeSpan.FromMilliseconds(50), MaxOutage = TimeSpan.FromMinutes(1), StorageCommitment = new() { ListenPort = reports } };
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 5);
        study.AddSeries(new() { InstanceCount = 60, InstanceSizeBytes = 300_000 });
        store.Put(study);
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);
        await using var echo = new DimseSaveHandler(address);
        await using var handler = new DimseSaveHandler(address, options);
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var saved = 0;
        var job = cod.CreateJob([study.StudyInstanceUid], handler);
        job.Saved += (_, _) => _ = Interlocked.Increment(ref saved) == 20 && half.TrySetResult();

        Task<JobResult> running;
        await using (await PeerProcess.StartAsync("Orthanc", folder.Path, port, echo, configuration))
        {
            running = job.RunAsync();
            await half.Task;
        }

        await using var peer = await PeerProcess.StartAsync("Orthanc", folder.Path, port, echo, configuration);
        var result = await running;

        Assert.Equal((JobOutcome.Complete, 60), (result.Outcome, result.InstancesSaved));
        Assert.Equal("Stored: 60, Committed: 60", handler.Counts.ToString());
        await using var next = new DimseSaveHandler(address, options);
        Assert.Equal(60, (await cod.CreateJob([study.StudyInstanceUid], next).RunAsync()).InstancesSkipped);
        Assert.Equal("Committed: 60", next.Counts.ToString());
    }

    [PeerFact("storescp")]
    public async Task Dcmtk_that_only_stores_is_not_asked_and_gets_everything()
    {
        using var folder = new TempFolder();
        var port = PeerProcess.FreePort();
        await using var handler = new DimseSaveHandler(DimseAddress.Parse($"dicom://ARCHIVE@127.0.0.1:{port}"), new() { RetryDelay = TimeSpan.Zero });
        await using var peer = await PeerProcess.StartAsync("storescp", folder.Path, port, handler, "+B", "-od", folder.Path, $"{port}");

        Assert.Empty((await handler.FindSavedAsync(Instances.Of("1.2.3.4.5.6").Series, default)).SopInstanceUids);
        Assert.Contains("C-FIND", handler.QueryFailure, StringComparison.Ordinal);
        await handler.SendAsync();
        Assert.Single(Directory.EnumerateFiles(folder.Path));
        await using var committing = new DimseSaveHandler(handler.Address, new() { StorageCommitment = new() });
        Assert.Contains("storage commitment", (await Assert.ThrowsAsync<DestinationException>(() => committing.OpenAsync(default).AsTask())).Message, StringComparison.Ordinal);
    }

    // The port where reports go, or 0 for a stranger's archive.
    private static async Task<string> ConfigureAsync(TempFolder folder, int port, int reports = 0)
    {
        var configuration = Path.Combine(folder.Path, "orthanc.json");
        await File.WriteAllTextAsync(configuration, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["StorageDirectory"] = Path.Combine(folder.Path, "storage"),
            ["IndexDirectory"] = Path.Combine(folder.Path, "storage"),
            ["DicomAet"] = "ARCHIVE",
            ["DicomPort"] = port,
            ["DicomCheckCalledAet"] = true,
            ["DicomAlwaysAllowStore"] = true,
            ["DicomModalities"] = reports == 0 ? new Dictionary<string, object>() : new Dictionary<string, object>
            {
                ["tests"] = new Dictionary<string, object> { ["AET"] = "TESTS", ["Host"] = "127.0.0.1", ["Port"] = reports, ["AllowStorageCommitment"] = true, ["AllowFind"] = true },
            },
            ["HttpServerEnabled"] = false,
            ["Plugins"] = Array.Empty<string>(),
        }));
        return configuration;
    }
}
