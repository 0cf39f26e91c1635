namespace CodRetrieve.Testing;

/// <summary>Faults in the order in which they happen. Safe for use by several threads.</summary>
internal sealed class ReceiverFaults
{
    private readonly object _gate = new();
    private readonly Queue<(ReceiverFault Fault, int Times)> _queue = new();
    private int _left;

    public void Add(ReceiverFault fault, int times)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        lock (_gate)
        {
            _queue.Enqueue((fault, times));
            _left = _queue.Count == 1 ? times : _left;
        }
    }

    public ReceiverFault? Take()
    {
        lock (_gate)
        {
            if (!_queue.TryPeek(out var first))
            {
                return null;
            }

            if (--_left == 0)
            {
                _queue.Dequeue();
                _left = _queue.TryPeek(out var next) ? next.Times : 0;
            }

            return first.Fault;
        }
    }
}
