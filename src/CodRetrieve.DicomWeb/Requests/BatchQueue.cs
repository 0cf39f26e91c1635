namespace CodRetrieve.DicomWeb;

/// <summary>
/// Forms batches of what waits: as soon as a request is free, it takes all that came meanwhile, up to the bounds. Nothing waits for instances that may never come.
/// Safe for use by several threads.
/// </summary>
internal sealed class BatchQueue(StowSaveHandlerOptions options, RequestLimit limit, Func<IReadOnlyList<Outgoing>, CancellationToken, Task> deliver)
{
    private readonly object _gate = new();
    private readonly LinkedList<Outgoing> _waiting = new();
    private readonly HashSet<Task> _senders = [];
    private int _running;

    public void Add(Outgoing instance)
    {
        lock (_gate)
        {
            _waiting.AddLast(instance);
            if (_running == options.MaxRequests)
            {
                return;
            }

            _running++;
            var sender = Task.Run(SendAllAsync);
            _senders.Add(sender);
            _ = sender.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Waits until no request is under way.</summary>
    public async Task WhenIdleAsync()
    {
        while (true)
        {
            Task[] senders;
            lock (_gate)
            {
                senders = [.. _senders.Where(static sender => !sender.IsCompleted)];
            }

            if (senders.Length == 0)
            {
                return;
            }

            await Task.WhenAll(senders).ConfigureAwait(false);
        }
    }

    private void Forget(Task sender)
    {
        lock (_gate)
        {
            _senders.Remove(sender);
        }
    }

    private async Task SendAllAsync()
    {
        while (TakeBatch() is { } batch)
        {
            await SendAsync(batch).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(List<Outgoing> batch)
    {
        try
        {
            await deliver(batch, batch[0].CancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It is the outcome of each instance, and thrown where that is awaited.
        catch (Exception e)
#pragma warning restore CA1031
        {
            foreach (var one in batch)
            {
                one.Fail(e);
            }
        }
    }

    private List<Outgoing>? TakeBatch()
    {
        lock (_gate)
        {
            var batch = new List<Outgoing>();
            var uids = new HashSet<string>(StringComparer.Ordinal);
            var maxBytes = Math.Min(options.MaxBatchBytes, limit.MaxBytes);
            var bytes = 0L;
            while (_waiting.First is { Value: var next })
            {
                // Calls that are cancelled separately are sent separately, and what still arrives is sent alone. Of two with one UID, a list could not say which it means.
                if (batch.Count > 0
                    && (batch.Count == options.MaxBatchInstances || bytes + next.SizeBytes > maxBytes || next.IsStreamed || batch[0].IsStreamed
                        || next.CancellationToken != batch[0].CancellationToken || uids.Contains(next.SopInstanceUid)))
                {
                    break;
                }

                _waiting.RemoveFirst();
                if (next.TryStart())
                {
                    bytes += next.SizeBytes;
                    batch.Add(next);
                    uids.Add(next.SopInstanceUid);
                }
            }

            if (batch.Count > 0)
            {
                return batch;
            }

            _running--;
            return null;
        }
    }
}
