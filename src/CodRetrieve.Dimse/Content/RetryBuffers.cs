using System.Collections.Concurrent;

namespace CodRetrieve.Dimse;

/// <summary>
/// Buffers of one size for the bytes that are kept for another attempt, made once and used again, so that memory does not grow with what passes. Safe for use by several threads.
/// </summary>
/// <param name="maxBytes">The most bytes that are lent at the same time.</param>
internal sealed class RetryBuffers(long maxBytes)
{
    public const int BufferBytes = 64 * 1024;

    private readonly ConcurrentBag<byte[]> _free = [];
    private long _lent;

    /// <summary>Lends a buffer.</summary>
    /// <param name="isNeeded">Whether it is lent beyond the limit, too.</param>
    /// <returns>The buffer; <see langword="null"/> where the limit is reached.</returns>
    public byte[]? Rent(bool isNeeded)
    {
        if (Interlocked.Add(ref _lent, BufferBytes) > maxBytes && !isNeeded)
        {
            Interlocked.Add(ref _lent, -BufferBytes);
            return null;
        }

        return _free.TryTake(out var buffer) ? buffer : new byte[BufferBytes];
    }

    public void Return(byte[] buffer)
    {
        Interlocked.Add(ref _lent, -BufferBytes);
        _free.Add(buffer);
    }
}
