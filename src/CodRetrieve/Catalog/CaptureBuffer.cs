using System.Buffers;

namespace CodRetrieve.Catalog;

/// <summary>Holds one value of a JSON stream as it is written, up to a bound. Used again for the next one.</summary>
internal sealed class CaptureBuffer(int maxBytes) : IDisposable
{
    private const int MinBytes = 16 * 1024;

    private byte[] _bytes = [];
    private int _length;

    /// <summary>The value; nothing where it was beyond the bound.</summary>
    public Memory<byte> Written => IsTooLarge ? default : _bytes.AsMemory(0, _length);

    public bool IsTooLarge { get; private set; }

    /// <summary>Where strings begin that are members of the value itself: their names, if it is an object of objects.</summary>
    public List<int> Marks { get; } = [];

    public void Clear()
    {
        (_length, IsTooLarge) = (0, false);
        Marks.Clear();
    }

    /// <summary>Marks a place so many bytes behind what was added.</summary>
    public void Mark(int ahead) => Marks.Add(_length + ahead);

    public void Add(ReadOnlySpan<byte> part)
    {
        if (IsTooLarge || part.Length > maxBytes - _length)
        {
            IsTooLarge = true;
            return;
        }

        part.CopyTo(Reserve(_length + part.Length).AsSpan(_length));
        _length += part.Length;
    }

    /// <summary>Makes the buffer as long as it is said, its content kept, and gives it.</summary>
    public byte[] Reserve(int length)
    {
        if (_bytes.Length < length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(MinBytes, Math.Max(length, Math.Min(maxBytes, 2 * _bytes.Length))));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            Dispose();
            _bytes = larger;
        }

        return _bytes;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }
}
