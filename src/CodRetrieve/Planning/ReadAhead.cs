using CodRetrieve.Catalog;
using CodRetrieve.Storage;

namespace CodRetrieve.Planning;

/// <summary>
/// Bounds how far indexes are read ahead of the transfer: so many series that no connection waits where each has one request's worth to do, and so many bytes of
/// their instances as memory is to hold. Safe for several callers at once; they enter in the order in which they come.
/// </summary>
internal sealed class ReadAhead(RequestBudget budget)
{
    private const long MaxBytes = 64 * 1024 * 1024;
    private const int MinSeries = 32;
    // What the records of a series and of an instance take, with their names.
    private const long BytesPerSeries = 4096;
    private const long BytesPerInstance = 400;

    private readonly object _lock = new();
    private readonly Queue<(TaskCompletionSource Entered, long Bytes)> _waiting = new();
    private int _series;
    private long _bytes;

    /// <summary>The bytes that a series is taken to need before its index is read: its entries compress to about what their records take.</summary>
    public static long BytesOf(SeriesListing listing) => BytesPerSeries + (listing.Index?.SizeBytes ?? 0);

    /// <summary>The bytes that the records of a series take.</summary>
    public static long BytesOf(SeriesInfo series) =>
        BytesPerSeries + (series.Instances.Count * BytesPerInstance) + series.Instances.Sum(static instance => (long)(instance.KeptAttributes?.Length ?? 0));

    /// <summary>Waits until another series may be read. One larger than all that may be held enters alone.</summary>
    public async ValueTask EnterAsync(long bytes, CancellationToken cancellationToken)
    {
        TaskCompletionSource entered;
        lock (_lock)
        {
            if (_waiting.Count == 0 && HasPlace(bytes))
            {
                Take(bytes);
                return;
            }

            entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((entered, bytes));
            budget.IsMetadataExpected = false;
        }

        // One that is cancelled ends the reading, and with it all that wait behind.
        await entered.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A series turned out to take other bytes than it entered with.</summary>
    public void Exchange(long before, long after)
    {
        lock (_lock)
        {
            _bytes += after - before;
            Admit();
        }
    }

    /// <summary>A series is at its end.</summary>
    public void Exit(long bytes)
    {
        lock (_lock)
        {
            _series--;
            _bytes -= bytes;
            Admit();
        }
    }

    private bool HasPlace(long bytes) => _series == 0 || (_series < Math.Max(MinSeries, 2 * budget.Limit) && _bytes + bytes <= MaxBytes);

    private void Take(long bytes)
    {
        _series++;
        _bytes += bytes;
    }

    private void Admit()
    {
        while (_waiting.TryPeek(out var next) && HasPlace(next.Bytes))
        {
            _waiting.Dequeue();
            Take(next.Bytes);
            next.Entered.SetResult();
            budget.IsMetadataExpected = true;
        }
    }
}
