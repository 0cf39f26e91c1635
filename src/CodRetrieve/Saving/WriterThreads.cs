using System.Collections.Concurrent;
using CodRetrieve.IO;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>
/// Writes on the threads of those who call, as long as few of them write; beyond that on threads of its own, which end when they have nothing to do. A file system that
/// stalls, as one on a network may, then blocks only some of the thread pool, which is the host's. Safe for several callers at once.
/// </summary>
/// <param name="files">How files are written.</param>
internal sealed class WriterThreads(FileOperations files)
{
    private const int MaxThreads = 16;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    private readonly BlockingCollection<Request> _requests = [];
    private readonly object _lock = new();
    private int _callers;
    private int _threads;
    private int _busy;

    /// <summary>How many callers may write at a time: as many as can run. On a disk that keeps up, no more of them do.</summary>
    public static int MaxCallers => Environment.ProcessorCount;

    /// <summary>Writes bytes into a file. The bytes are in use until the task has ended, also when nobody waits for it any more.</summary>
    public ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _callers) <= MaxCallers)
            {
                return files.WriteAsync(file, bytes, offset, cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _callers);
        }

        return WriteElsewhereAsync(file, bytes, offset, cancellationToken);
    }

    // Apart, since a request is made for the few writes only that come this far.
    private ValueTask WriteElsewhereAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken)
    {
        var request = new Request(() => files.WriteAsync(file, bytes, offset, cancellationToken));
        _requests.Add(request, CancellationToken.None);
        StartThread();
        return new ValueTask(request.Written.Task);
    }

    private void StartThread()
    {
        lock (_lock)
        {
            if (_threads == MaxThreads || _requests.Count <= _threads - Volatile.Read(ref _busy))
            {
                return;
            }

            _threads++;
        }

        new Thread(WriteRequests) { IsBackground = true, Name = "CodRetrieve writer" }.Start();
    }

    private void WriteRequests()
    {
        while (true)
        {
            if (_requests.TryTake(out var request, Idle))
            {
                Interlocked.Increment(ref _busy);
                _ = request.WriteAsync();
                Interlocked.Decrement(ref _busy);
                continue;
            }

            lock (_lock)
            {
                if (_requests.Count == 0)
                {
                    _threads--;
                    return;
                }
            }
        }
    }

    private sealed class Request(Func<ValueTask> write)
    {
        // Whoever waits goes on elsewhere, not on the thread that writes.
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // It blocks in the call, if it does; what is awaited is over then.
        public async Task WriteAsync()
        {
            try
            {
                await write().ConfigureAwait(false);
                Written.SetResult();
            }
#pragma warning disable CA1031 // Whatever it is, it is the waiter's.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Written.SetException(e);
            }
        }
    }
}
