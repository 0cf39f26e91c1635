namespace CodRetrieve.DicomWeb;

/// <summary>Bounds the bytes in memory. Who comes first is served first. Safe for use by several threads.</summary>
internal sealed class ByteBudget(long capacity)
{
    private readonly object _gate = new();
    private readonly LinkedList<(long Bytes, TaskCompletionSource Ready)> _waiting = new();
    private long _free = capacity;

    /// <summary>Waits until bytes can be had; <see cref="Return"/> gives them back.</summary>
    public async ValueTask TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        LinkedListNode<(long Bytes, TaskCompletionSource Ready)> node;
        lock (_gate)
        {
            if (_waiting.Count == 0 && bytes <= _free)
            {
                _free -= bytes;
                return;
            }

            node = _waiting.AddLast((bytes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        try
        {
            await node.Value.Ready.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Cancel(node);
            throw;
        }
    }

    public void Return(long bytes)
    {
        lock (_gate)
        {
            _free += bytes;
            Serve();
        }
    }

    private void Cancel(LinkedListNode<(long Bytes, TaskCompletionSource Ready)> node)
    {
        lock (_gate)
        {
            if (node.List is null)
            {
                _free += node.Value.Bytes;
            }
            else
            {
                _waiting.Remove(node);
            }

            Serve();
        }
    }

    private void Serve()
    {
        while (_waiting.First is { } first && first.Value.Bytes <= _free)
        {
            _free -= first.Value.Bytes;
            _waiting.RemoveFirst();
            first.Value.Ready.SetResult();
        }
    }
}
