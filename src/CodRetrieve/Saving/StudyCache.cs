namespace CodRetrieve.Saving;

/// <summary>Keeps what was read of the last few studies. Safe for several callers at once, of which one reads and the others wait.</summary>
/// <typeparam name="T">What is kept.</typeparam>
internal sealed class StudyCache<T>
    where T : class
{
    // More than the studies whose series are planned at the same time.
    private const int Capacity = 32;

    private readonly object _lock = new();
    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Returns what is kept of a study, or reads it.</summary>
    /// <param name="study">The study.</param>
    /// <param name="isCurrent">Whether a value is still right.</param>
    /// <param name="read">Reads it; <see langword="null"/> is not kept.</param>
    public T? Get(string study, Func<T, bool> isCurrent, Func<T?> read)
    {
        var slot = SlotOf(study);
        lock (slot)
        {
            if (slot.Value is null || !isCurrent(slot.Value))
            {
                slot.Value = null;
                slot.Value = read();
            }

            return slot.Value;
        }
    }

    /// <summary>Drops what is kept of a study.</summary>
    public void Remove(string study)
    {
        lock (_lock)
        {
            _slots.Remove(study);
        }
    }

    private Slot SlotOf(string study)
    {
        lock (_lock)
        {
            if (!_slots.TryGetValue(study, out var slot))
            {
                _slots.Add(study, slot = new Slot());
                _order.Enqueue(study);
                while (_order.Count > Capacity)
                {
                    _slots.Remove(_order.Dequeue());
                }
            }

            return slot;
        }
    }

    private sealed class Slot
    {
        public T? Value { get; set; }
    }
}
