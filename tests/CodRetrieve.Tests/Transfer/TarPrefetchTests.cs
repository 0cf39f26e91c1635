using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Transfer;

/// <summary>Small tars, asked for beside their indexes.</summary>
public sealed class TarPrefetchTests : StoreTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_small_tar_is_asked_for_while_its_index_is_awaited(bool zip)
    {
        var study = PutStudy();
        Store.Server.Faults.Add(Fault.StallAfter(10), RequestKind.Media, IsIndex, times: 1);
        var asked = Store.Server.WaitForRequestAsync(IsTar);
        await using var cod = Store.Open(Folder.Path, options => options.IdleTimeout = TimeSpan.FromSeconds(2));

        var running = cod.CreateWatchedJob([study.StudyInstanceUid], zip ? OutputFormat.Zip : OutputFormat.Folder).RunAsync();
        var index = Store.Server.WaitForRequestAsync(request => request.ObjectName is { } name && IsIndex(name) && request.IsCompleted);
        Assert.Same(asked, await Task.WhenAny(asked, index));
        var result = await running;

        Assert.Equal((JobOutcome.Complete, 5), (result.Outcome, result.InstancesSaved));
        Assert.Equal(study.Expected(), SavedFiles.In(Folder.Path, zip));
        Assert.Single(Store.Server.Requests, IsTar);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("503")]
    [InlineData("404")]
    [InlineData("cut")]
    [InlineData("reset")]
    public async Task A_tar_that_fails_then_is_fetched_as_any_other(string how)
    {
        var study = PutStudy();
        Store.Server.Faults.Add(
            how switch { "503" => Fault.Status(503), "404" => Fault.Status(404), "cut" => Fault.CutAfter(2_000), _ => Fault.ResetBeforeHeaders() },
            RequestKind.Media,
            static name => name.EndsWith(".tar", StringComparison.Ordinal),
            times: 1);
        await using var cod = Store.Open(Folder.Path);

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal((JobOutcome.Complete, 5), (result.Outcome, result.InstancesSaved));
        Assert.Equal(study.Expected(), SavedFiles.InFolder(Folder.Path));
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_asked_for_ahead_of_a_study_of_which_something_is_saved()
    {
        var study = PutStudy();
        await using var cod = Store.Open(Folder.Path);
        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();
        Store.Server.ClearRequests();

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal(5, result.InstancesSkipped);
        Assert.DoesNotContain(Store.Server.Requests, IsTar);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_that_is_cancelled_meanwhile_leaves_no_request_open()
    {
        var study = PutStudy();
        Store.Server.Faults.Add(Fault.StallAfter(10), RequestKind.Media, IsIndex);
        var asked = Store.Server.WaitForRequestAsync(IsTar);
        await using var cod = Store.Open(Folder.Path);
        using var cancelling = new CancellationTokenSource();
        var running = cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync(cancellationToken: cancelling.Token);
        await asked;

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Store.Server.WaitForRequestAsync(request => IsTar(request) && request.IsCompleted);
    }

    private static bool IsTar(RecordedRequest request) => request.ObjectName?.EndsWith(".tar", StringComparison.Ordinal) == true;

    private static bool IsIndex(string name) => name.EndsWith("metadata.json", StringComparison.Ordinal);

    private SyntheticStudy PutStudy()
    {
        var study = new SyntheticStudy(seed: 14);
        study.AddSeries(new() { InstanceCount = 5 });
        return Store.Put(study);
    }
}
