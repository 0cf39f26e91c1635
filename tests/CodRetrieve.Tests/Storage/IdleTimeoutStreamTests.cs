using CodRetrieve.Storage;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.Tests.Storage;

/// <summary>Bodies that come, and too slowly.</summary>
public sealed class IdleTimeoutStreamTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory(Timeout = 30_000)]
    [InlineData(1, 1_024, false)]
    [InlineData(1_000, 1_024, false)]
    [InlineData(1_100, 1_024, true)]
    [InlineData(1, 0, true)]
    [InlineData(9_000, 10_000, false)]
    public async Task One_that_trickles_is_given_up_after_a_minute(int bytesPerSecond, int least, bool isKept)
    {
        var body = new Trickle(_time, bytesPerSecond, TimeSpan.FromSeconds(1));
        await using var stream = new IdleTimeoutStream(body, new ReadLimits(TimeSpan.FromSeconds(30), least), "gs://bucket/object", _time);
        var reading = ReadAsync(stream, 300);

        if (isKept)
        {
            Assert.Equal(300, await reading);
            return;
        }

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => reading);
        Assert.Equal(ObjectStoreFailure.Unavailable, failure.Reason);
        Assert.Contains("in 60 s, which is less than", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--min-rate", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task One_that_slows_down_after_a_gigabyte_is_given_up_within_two_minutes()
    {
        var body = new Trickle(_time, 1_000_000, TimeSpan.FromSeconds(1));
        await using var stream = new IdleTimeoutStream(body, new ReadLimits(TimeSpan.FromSeconds(30), 1_024), "gs://bucket/object", _time);
        Assert.Equal(1_000, await ReadAsync(stream, 1_000));
        var started = _time.GetUtcNow();
        body.BytesPerRead = 1;

        await Assert.ThrowsAsync<ObjectStoreException>(() => ReadAsync(stream, 1_000));

        Assert.InRange(_time.GetUtcNow() - started, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(121));
    }

    [Fact(Timeout = 30_000)]
    public async Task Who_reads_slowly_loses_no_connection()
    {
        var body = new Trickle(_time, 10, TimeSpan.FromMilliseconds(1));
        await using var stream = new IdleTimeoutStream(body, new ReadLimits(TimeSpan.FromSeconds(30), 1_024), "gs://bucket/object", _time);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(1, await ReadAsync(stream, 1));
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    private static async Task<int> ReadAsync(IdleTimeoutStream stream, int reads)
    {
        var done = 0;
        while (done < reads && await stream.ReadAsync(new byte[2_000_000]) > 0)
        {
            done++;
        }

        return done;
    }

    /// <summary>Gives some bytes a while after it is asked.</summary>
    private sealed class Trickle(FakeTimeProvider time, int bytesPerRead, TimeSpan delay) : CodRetrieve.IO.ForwardOnlyReadStream
    {
        public int BytesPerRead { get; set; } = bytesPerRead;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            time.Advance(delay);
            return BytesPerRead;
        }
    }
}
