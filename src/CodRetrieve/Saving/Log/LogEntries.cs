using System.Text;

namespace CodRetrieve.Saving;

/// <summary>
/// The entries that a job will add to <c>log.json</c>, in blocks of UTF-8: half of what strings take, and none of it is copied when there are more. Safe for several
/// callers at once.
/// </summary>
internal sealed class LogEntries
{
    private const int BlockBytes = 64 * 1024;
    private const byte Separator = (byte)'\n';

    private readonly object _lock = new();
    private List<byte[]> _blocks = [];
    private int _used;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(string entry)
    {
        var bytes = Encoding.ASCII.GetByteCount(entry) + 1;
        lock (_lock)
        {
            if (_blocks.Count == 0 || _blocks[^1].Length - _used < bytes)
            {
                _blocks.Add(new byte[Math.Max(BlockBytes, bytes)]);
                _used = 0;
            }

            var target = _blocks[^1].AsSpan(_used, bytes);
            Encoding.ASCII.GetBytes(entry, target);
            target[^1] = Separator;
            _used += bytes;
            _count++;
        }
    }

    /// <summary>Takes all entries out.</summary>
    /// <returns>The entries, one after another; enumerated as often as wanted.</returns>
    public IEnumerable<string> TakeAll()
    {
        lock (_lock)
        {
            var taken = _blocks;
            (_blocks, _used, _count) = ([], 0, 0);
            return taken.SelectMany(In);
        }
    }

    private static IEnumerable<string> In(byte[] block)
    {
        // What is not used is zero.
        for (int start = 0, end; (end = Array.IndexOf(block, Separator, start)) >= 0; start = end + 1)
        {
            yield return Encoding.ASCII.GetString(block, start, end - start);
        }
    }
}
