using CodRetrieve.Dimse.Tests.Support;
using Xunit.Abstractions;

namespace CodRetrieve.Dimse.Tests;

/// <summary>Memory stays flat, however much is sent. Alone, since it is that of the whole process.</summary>
[Collection(nameof(MemoryTests))]
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const long TwoGibibytes = 2L * 1024 * 1024 * 1024;
    private const long MaxGrowth = 120 * 1024 * 1024;

    [Theory(Timeout = 300_000)]
    [Trait("Duration", "long")]
    [InlineData(1, 1)]
    [InlineData(128, 16)]
    public async Task Two_gibibytes_over_sockets_take_no_more_than_120_MiB(int instances, int atOnce)
    {
        await using var archive = new FakeArchive { Discard = true };
        await using var handler = new DimseSaveHandler(archive.Address);
        await handler.SendAsync();
        using var peak = new PeakMemory();

        await Parallel.ForEachAsync(
            Enumerable.Range(1, instances),
            new ParallelOptions { MaxDegreeOfParallelism = atOnce },
            async (i, token) => await handler.SaveAsync(Instances.Of($"1.2.{i}"), new TestContent(PartTen.File($"1.2.{i}", pixelBytes: 0), TwoGibibytes / instances, _ => peak.SampleAsync()), token));

        output.WriteLine($"The working set of the process, the archive's included, grew by {peak.GrowthBytes / 1024 / 1024} MiB.");
        Assert.Equal(instances + 1, archive.Stored.Count);
        Assert.True(archive.BytesDiscarded >= TwoGibibytes);
        Assert.InRange(peak.GrowthBytes, 1, MaxGrowth);
    }

    /// <summary>The largest working set, looked at again and again, beyond that of the beginning.</summary>
    private sealed class PeakMemory : IDisposable
    {
        private readonly long _before;
        private readonly Timer _timer;
        private long _most;

        public PeakMemory()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            _before = Environment.WorkingSet;
            _timer = new Timer(_ => Sample(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
        }

        public long GrowthBytes => Volatile.Read(ref _most) - _before;

        public Task SampleAsync()
        {
            Sample();
            return Task.CompletedTask;
        }

        public void Dispose() => _timer.Dispose();

        private void Sample()
        {
            var now = Environment.WorkingSet;
            for (var most = Volatile.Read(ref _most); now > most && Interlocked.CompareExchange(ref _most, now, most) != most; most = Volatile.Read(ref _most))
            {
                // Another sample was taken meanwhile.
            }
        }
    }
}
