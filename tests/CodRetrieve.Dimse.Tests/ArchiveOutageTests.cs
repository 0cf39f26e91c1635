using CodRetrieve.Dimse.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.Dimse.Tests;

/// <summary>Archives that are down.</summary>
public sealed class ArchiveOutageTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("localhost")]
    [InlineData("no-such-host.invalid")]
    public async Task One_that_was_never_reached_ends_the_job_after_seconds(string host)
    {
        var time = new FakeTimeProvider();
        await using var handler = new DimseSaveHandler(DimseAddress.Parse($"dicom://ARCHIVE@{host}:{PeerProcess.FreePort()}"), new() { TimeProvider = time, ConnectTimeout = TimeSpan.FromDays(1) });
        var start = time.GetUtcNow();

        var failure = await Assert.ThrowsAsync<DestinationException>(() => Advance(time, handler.SendAsync()));

        Assert.InRange(time.GetUtcNow() - start, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
        Assert.Contains("It was never reached, and waited for 5 s (MaxInitialOutage)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no connection", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task One_that_is_down_at_first_is_waited_for_where_that_is_wanted()
    {
        var time = new FakeTimeProvider();
        var port = PeerProcess.FreePort();
        await using var handler = new DimseSaveHandler(
            DimseAddress.Parse($"dicom://ARCHIVE@localhost:{port}?calling=TESTS"),
            new() { TimeProvider = time, ConnectTimeout = TimeSpan.FromDays(1), MaxInitialOutage = TimeSpan.FromMinutes(15) });

        var sending = handler.SendAsync(pixelBytes: 3_000_000);
        await Advance(time, Task.CompletedTask, TimeSpan.FromMinutes(1));
        Assert.False(sending.IsCompleted);
        await using var archive = new FakeArchive(port);
        await Advance(time, sending);

        Assert.Equal(PartTen.DataSet(PartTen.CtImageStorage, "1.2.3.4.5.6", 3_000_000), Assert.Single(archive.Stored).DataSet);
    }

    [Fact(Timeout = 60_000)]
    public async Task One_that_goes_down_for_a_minute_is_waited_for_and_gets_large_instances_too()
    {
        var time = new FakeTimeProvider();
        var port = PeerProcess.FreePort();
        await using var handler = new DimseSaveHandler(
            DimseAddress.Parse($"dicom://ARCHIVE@localhost:{port}?calling=TESTS"), new() { TimeProvider = time, ConnectTimeout = TimeSpan.FromDays(1), RetryBufferBytes = 0 });
        await using (var archive = new FakeArchive(port))
        {
            await Advance(time, handler.SendAsync());
            await handler.CloseAsync();
        }

        var sending = handler.SendAsync(pixelBytes: 3_000_000);
        await Advance(time, Task.CompletedTask, TimeSpan.FromMinutes(1));
        Assert.False(sending.IsCompleted);
        await using var again = new FakeArchive(port);
        await Advance(time, sending);

        Assert.Single(again.Stored);
    }

    [Fact(Timeout = 60_000)]
    public async Task One_that_stays_down_ends_the_job_with_one_error()
    {
        var time = new FakeTimeProvider();
        var port = PeerProcess.FreePort();
        await using var handler = new DimseSaveHandler(
            DimseAddress.Parse($"dicom://ARCHIVE@localhost:{port}?calling=TESTS"), new() { TimeProvider = time, ConnectTimeout = TimeSpan.FromDays(1), MaxOutage = TimeSpan.FromMinutes(2) });
        await using (var archive = new FakeArchive(port))
        {
            await Advance(time, handler.SendAsync());
            await handler.CloseAsync();
        }

        var start = time.GetUtcNow();
        var failure = await Assert.ThrowsAsync<DestinationException>(() => Advance(time, handler.SendAsync()));

        Assert.InRange(time.GetUtcNow() - start, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5));
        Assert.Contains("It was waited for 120 s (MaxOutage)", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Zero_waits_for_nothing()
    {
        await using var handler = new DimseSaveHandler(DimseAddress.Parse($"dicom://ARCHIVE@localhost:{PeerProcess.FreePort()}"), new() { MaxInitialOutage = TimeSpan.Zero });

        Assert.Contains("MaxInitialOutage", (await Assert.ThrowsAsync<DestinationException>(() => handler.SendAsync())).Message, StringComparison.Ordinal);
    }

    // A tenth of a second each time the other threads had a turn, so that connections are made meanwhile.
    private static async Task Advance(FakeTimeProvider time, Task until, TimeSpan atLeast = default)
    {
        using var turn = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var end = time.GetUtcNow() + atLeast; !until.IsCompleted || time.GetUtcNow() < end;)
        {
            await turn.WaitForNextTickAsync();
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await until;
    }
}
