using System.Diagnostics;
using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.Tests.Storage;

public sealed class BandwidthLimitTests
{
    [Fact(Timeout = 30_000)]
    public async Task Bytes_take_their_time_behind_those_of_other_connections()
    {
        var time = new FakeTimeProvider();
        var limit = new BandwidthLimit(1_000_000, time);

        var first = BandwidthLimit.PassAsync([limit], 500_000, time, CancellationToken.None).AsTask();
        var second = BandwidthLimit.PassAsync([limit], 500_000, time, CancellationToken.None).AsTask();

        time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(first.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await first;
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(500));
        await second;
    }

    [Fact(Timeout = 30_000)]
    public async Task Bytes_under_several_limits_wait_for_the_one_that_takes_longest()
    {
        var time = new FakeTimeProvider();
        var (shared, one, other) = (new BandwidthLimit(1_000_000, time), new BandwidthLimit(500_000, time), new BandwidthLimit(500_000, time));

        var first = BandwidthLimit.PassAsync([shared, one], 500_000, time, CancellationToken.None).AsTask();
        var second = BandwidthLimit.PassAsync([shared, other], 500_000, time, CancellationToken.None).AsTask();
        var third = BandwidthLimit.PassAsync([shared], 500_000, time, CancellationToken.None).AsTask();

        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(first.IsCompleted || second.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await first;
        await second;
        time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(third.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await third;
    }

    [Fact]
    public void Time_without_bytes_is_not_saved_up()
    {
        var time = new FakeTimeProvider();
        var limit = new BandwidthLimit(1_000_000, time);
        time.Advance(TimeSpan.FromHours(1));

        var passing = BandwidthLimit.PassAsync([limit], 500_000, time, CancellationToken.None).AsTask();

        Assert.False(passing.IsCompleted);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_ends_the_wait()
    {
        using var cancel = new CancellationTokenSource();
        var time = new FakeTimeProvider();
        var waiting = BandwidthLimit.PassAsync([new BandwidthLimit(1024, time)], 1_000_000, time, cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(100_000, 25_000)]
    [InlineData(1_024, 1_024)]
    public async Task No_read_brings_more_than_a_quarter_of_a_second_is_worth(int rate, int most)
    {
        var body = new ReadSizes(Bytes.Random(200_000));
        var options = new CodDownloadOptions { MaxBytesPerSecond = rate, TimeProvider = new HurriedTime(), MinBytesPerSecond = 0 };
        var objects = new ObjectReader(
            new FakeObjectStore { Open = (_, _, _) => new ObjectContent(body, 0) }, new RequestPolicy(options, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance), RequestBudget.Fixed(1));
        await using var stream = await objects.OpenAsync(new ObjectRange("object", null, 200_000, null), null, CancellationToken.None);

        var read = 0;
        var buffer = new byte[128 * 1024];
        while (await stream.ReadAsync(buffer) is var count and > 0)
        {
            read += count;
        }

        Assert.Equal((200_000, most), (read, body.Largest));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_keeps_the_rate_within_five_per_cent()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 24, InstanceSizeBytes = 1_000_000 });
        store.Put(study);
        await using var cod = new CodDownload(store.Options(options => options.MaxBytesPerSecond = 8_000_000));
        cod.InitBucket(TestStore.Url);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid], new MemorySaveHandler());
        var clock = Stopwatch.StartNew();

        var result = await job.RunAsync();

        // Faster than the limit is a fault; slower may be a busy machine.
        var rate = result.BytesDownloaded / clock.Elapsed.TotalSeconds;
        Assert.True(rate <= 8_000_000 * 1.05, $"{rate:N0} bytes per second arrived.");
    }

    private sealed class ReadSizes(byte[] content) : MemoryStream(content)
    {
        public int Largest { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Largest = Math.Max(Largest, buffer.Length);
            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
