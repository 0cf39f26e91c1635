using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.DicomWeb.Tests.Requests;

public sealed class OutgoingTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_receiver_that_reads_slowly_is_not_idle_however_long_it_takes(bool isStreamed)
    {
        var time = new FakeTimeProvider();
        using var watch = new IdleWatch(TimeSpan.FromSeconds(5), time, CancellationToken.None);
        var bytes = new byte[4 << 20];
        var instance = CodModelFactory.Series("1.2", "1.2.3", instances: [("1.2.3.4", (long?)bytes.Length, (uint?)null)]).Instances[0];
        var sent = isStreamed
            ? new Outgoing(instance, bytes.AsMemory(0, 1024), new MemoryStream(bytes, 1024, bytes.Length - 1024), bytes.Length, CancellationToken.None)
            : new Outgoing(instance, bytes, null, bytes.Length, CancellationToken.None);
        var start = time.GetUtcNow();

        // A line that takes a second for 128 KiB.
        await using var line = new SlowLine(count => time.Advance(TimeSpan.FromSeconds(count / (128.0 * 1024))));
        await sent.WriteAsync(line, watch, CancellationToken.None);

        Assert.Equal(bytes.Length, line.Written);
        Assert.InRange(time.GetUtcNow() - start, TimeSpan.FromSeconds(31), TimeSpan.FromSeconds(33));
        Assert.False(watch.HasFired);
    }

    private sealed class SlowLine(Action<int> write) : MemoryStream
    {
        public long Written { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            write(buffer.Length);
            Written += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }
}
