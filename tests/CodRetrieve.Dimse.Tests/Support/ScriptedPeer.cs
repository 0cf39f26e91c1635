using System.Buffers.Binary;

namespace CodRetrieve.Dimse.Tests.Support;

/// <summary>A peer in memory: it sends bytes that were written before, some of them only when the last fragment of a data set has arrived, and counts what it gets.</summary>
internal sealed class ScriptedPeer(byte[] opening, byte[] response) : Stream
{
    private readonly TaskCompletionSource _whole = new();
    private int _sent;

    /// <summary>Whether the association is open: the peer waits for a data set before it sends more. Before that its bytes end, and so does the connection.</summary>
    public bool IsOpen { get; set; }

    /// <summary>After how many bytes the peer takes no more, in the middle of a write.</summary>
    public long StallsAfterBytes { get; init; } = long.MaxValue;

    public int WritesAfterStall { get; private set; }

    public TaskCompletionSource Stalled { get; } = new();

    public long BytesReceived { get; private set; }

    /// <summary>The sender's thread when the last fragment arrived, and what that thread had allocated.</summary>
    public (int Thread, long AllocatedBytes) AtLastFragment { get; private set; }

    public int MaxWriteBytes { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_sent >= opening.Length)
        {
            if (!IsOpen)
            {
                return 0;
            }

            await _whole.Task.WaitAsync(cancellationToken);
        }

        var (source, offset) = _sent < opening.Length ? (opening, _sent) : (response, _sent - opening.Length);
        var count = Math.Min(buffer.Length, source.Length - offset);
        source.AsMemory(offset, count).CopyTo(buffer);
        _sent += count;
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        WritesAfterStall += Stalled.Task.IsCompleted ? 1 : 0;
        if (BytesReceived + buffer.Length > StallsAfterBytes)
        {
            Stalled.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        BytesReceived += buffer.Length;
        MaxWriteBytes = Math.Max(MaxWriteBytes, buffer.Length);
        if (IsLastFragment(buffer.Span))
        {
            AtLastFragment = (Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread());
            _whole.TrySetResult();
        }
    }

    private static bool IsLastFragment(ReadOnlySpan<byte> pdu) => pdu[0] == 4 && pdu[11] == 2 && BinaryPrimitives.ReadUInt32BigEndian(pdu[2..]) == pdu.Length - 6;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _whole.TrySetException(new IOException("The connection is closed."));
        _ = _whole.Task.Exception;
        base.Dispose(disposing);
    }
}
