using System.Diagnostics;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Reliability;

/// <summary>Cancelling ends a job within a second, whatever it waits for. By the real clock, and so while no other test runs.</summary>
[Collection(AloneCollection.Name)]
public sealed class PromptCancellingTests
{
    // A machine that is busy elsewhere may take its time once.
    private const int Tries = 3;

    public static TheoryData<string, RequestKind, string> Waits => new()
    {
        { "a stalled listing", RequestKind.List, "stall" },
        { "a stalled index", RequestKind.Media, "metadata.json" },
        { "a stalled tar", RequestKind.Media, ".tar" },
        { "the wait before a retry", RequestKind.Media, "retry" },
    };

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Waits))]
    public async Task Cancelling_ends_a_job_within_a_second_in_the_middle_of(string wait, RequestKind kind, string what)
    {
        _ = wait;
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < Tries && best > TimeSpan.FromSeconds(1); i++)
        {
            best = await CancelAsync(kind, what);
        }

        Assert.InRange(best, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    private static async Task<TimeSpan> CancelAsync(RequestKind kind, string what)
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 20, InstanceSizeBytes = 50_000 });
        store.Put(study);
        store.Server.Faults.Add(
            what == "retry" ? Fault.Status(503, retryAfter: TimeSpan.FromMinutes(5)) : Fault.StallAfter(100),
            kind,
            what[0] is '.' or 'm' ? name => name.EndsWith(what, StringComparison.Ordinal) : null);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxRetryDelay = TimeSpan.FromMinutes(5));
        using var cancel = new CancellationTokenSource();
        var running = cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync(cancel.Token);
        await store.Server.WaitForRequestAsync(request => what == "retry" ? request.IsCompleted && request.StatusCode == 503 : request.BytesSent == 100);

        var clock = Stopwatch.StartNew();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        return clock.Elapsed;
    }
}
