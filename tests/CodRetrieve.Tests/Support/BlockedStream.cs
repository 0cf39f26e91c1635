namespace CodRetrieve.Tests.Support;

/// <summary>Gives some bytes and then nothing more until it is let go or cancelled.</summary>
public sealed class BlockedStream(ReadOnlyMemory<byte> first) : ReadOnlyForwardStream
{
    private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChunkedStream _inner = new(first);

    /// <summary>Ends when the reader waits for the bytes that do not come.</summary>
    public Task Blocked => _blocked.Task;

    /// <summary>Lets the content end.</summary>
    public void Release() => _released.TrySetResult();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _inner.ReadAsync(buffer, cancellationToken);
        if (count == 0)
        {
            _blocked.TrySetResult();
            await _released.Task.WaitAsync(cancellationToken);
        }

        return count;
    }
}
