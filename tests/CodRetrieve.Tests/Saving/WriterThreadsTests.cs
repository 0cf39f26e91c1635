using CodRetrieve.IO;
using CodRetrieve.Saving;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Tests.Saving;

public sealed class WriterThreadsTests
{
    private const int Writes = 40;

    [Fact(Timeout = 60_000)]
    public async Task A_file_system_that_stalls_blocks_no_more_of_the_callers_threads_than_can_run()
    {
        using var files = new StalledFiles();
        var writing = await BeginWritesAsync(files);

        Assert.InRange(files.StalledCallers, 1, WriterThreads.MaxCallers);
        files.GoOn();

        await Task.WhenAll(writing);
        Assert.Equal(Enumerable.Range(0, Writes).Select(static i => (long)i), files.Written.Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_fails_on_another_thread_fails_where_it_was_asked_for()
    {
        using var files = new StalledFiles { Failure = new IOException("No space left on device") };
        var writing = await BeginWritesAsync(files);
        files.GoOn();

        foreach (var write in writing)
        {
            Assert.Equal("No space left on device", (await Assert.ThrowsAsync<IOException>(() => write)).Message);
        }
    }

    // Each on a thread of its own, until as many stall as can.
    private static async Task<List<Task>> BeginWritesAsync(StalledFiles files)
    {
        var threads = new WriterThreads(files);
        var writing = Enumerable.Range(0, Writes).Select(i => Task.Factory.StartNew(
            () => threads.WriteAsync(files.File, new byte[1], i, CancellationToken.None).AsTask(),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()).ToList();
        await files.StalledAsync(WriterThreads.MaxCallers + 16);
        return writing;
    }

    /// <summary>Each write blocks its thread until all may go on.</summary>
    private sealed class StalledFiles : FileOperations, IDisposable
    {
        private readonly ManualResetEventSlim _goOn = new();
        private readonly SemaphoreSlim _stalled = new(0);
        private int _callers;

        public SafeFileHandle File { get; } = new();

        public List<long> Written { get; } = [];

        public IOException? Failure { get; init; }

        public int StalledCallers => Volatile.Read(ref _callers);

        public void GoOn() => _goOn.Set();

        public async Task StalledAsync(int writes)
        {
            for (var i = 0; i < writes; i++)
            {
                await _stalled.WaitAsync();
            }
        }

        public override ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken)
        {
            if (!_goOn.IsSet)
            {
                Interlocked.Add(ref _callers, Thread.CurrentThread.Name == "CodRetrieve writer" ? 0 : 1);
                _stalled.Release();
                _goOn.Wait(CancellationToken.None);
            }

            lock (Written)
            {
                Written.Add(offset);
            }

            return Failure is null ? ValueTask.CompletedTask : throw Failure;
        }

        public void Dispose()
        {
            File.Dispose();
            _goOn.Dispose();
            _stalled.Dispose();
        }
    }
}
