namespace CodRetrieve.Dimse;

/// <summary>The associations with an archive, as many as it accepts up to a limit. Safe for several callers at once.</summary>
/// <param name="address">The archive.</param>
/// <param name="options">Limits.</param>
/// <param name="connect">Connects to it.</param>
/// <param name="onRequest">Called for requests of the archive; returns the status of the response.</param>
internal sealed class AssociationPool(DimseAddress address, DimseSaveOptions options, Func<CancellationToken, Task<DimseConnection>> connect, Func<DimseMessage, ushort>? onRequest = null)
{
    private const int MaxRejected = 1024;

    private readonly object _lock = new();
    private readonly SemaphoreSlim _slots = new(options.MaxAssociations);
    private readonly List<IdleAssociation> _idle = [];
    private readonly List<Task> _closing = [];

    // In the order in which they were last wanted.
    private readonly List<PresentationContext> _known = [];
    private readonly Dictionary<PresentationContext, byte> _rejected = [];
    private int _limit = options.MaxAssociations;
    private int _open;

    /// <summary>Returns an association that is the caller's until <see cref="Return"/>, on which a context is accepted.</summary>
    /// <exception cref="AssociationException">The archive accepts no association, or not the context.</exception>
    public async Task<Association> RentAsync(PresentationContext context, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
            var isGiven = false;
            try
            {
                var (idle, surplus) = Begin(context);
                if (surplus is not null)
                {
                    await CloseAsync(surplus).ConfigureAwait(false);
                }

                var association = idle ?? await OpenAsync(context, cancellationToken).ConfigureAwait(false);
                isGiven = true;
                if (association is not null)
                {
                    return association;
                }
            }
            finally
            {
                if (!isGiven)
                {
                    End();
                }
            }
        }
    }

    /// <summary>Takes an association back.</summary>
    public void Return(Association association)
    {
        lock (_lock)
        {
            if (association.IsBroken)
            {
                _open--;
            }
            else
            {
                AddIdle(association);
            }
        }

        End();
    }

    /// <summary>Proposes a context no more, until it is wanted again.</summary>
    public void Withdraw(PresentationContext context)
    {
        lock (_lock)
        {
            _known.Remove(context);
        }
    }

    /// <summary>Forgets what the archive rejected: its configuration may have changed.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _rejected.Clear();
            if (_limit < options.MaxAssociations)
            {
                _slots.Release(options.MaxAssociations - _limit);
                _limit = options.MaxAssociations;
            }
        }
    }

    /// <summary>Releases the associations that are not in use.</summary>
    public async ValueTask ReleaseIdleAsync()
    {
        Task[] closing;
        lock (_lock)
        {
            _closing.AddRange(_idle.Select(entry => CloseAsync(entry.Take())));
            _idle.Clear();
            closing = [.. _closing];
            _closing.Clear();
        }

        await Task.WhenAll(closing).ConfigureAwait(false);
    }

    private (Association? Idle, Association? Surplus) Begin(PresentationContext context)
    {
        lock (_lock)
        {
            if (_rejected.TryGetValue(context, out var result))
            {
                throw Rejected(context, result);
            }

            _known.Remove(context);
            _known.Add(context);
            if (_known.Count > PresentationContext.MaxPerAssociation)
            {
                _known.RemoveAt(0);
            }

            foreach (var stale in _idle.Where(static entry => entry.Association.IsStale).ToList())
            {
                _idle.Remove(stale);
                _closing.Add(CloseAsync(stale.Take()));
            }

            if (_idle.FindLast(entry => entry.Association.ResultOf(context) == 0) is { } found)
            {
                _idle.Remove(found);
                return (found.Take(), null);
            }

            if (_idle.Count == 0)
            {
                return (null, null);
            }

            // The new association takes its place, with its contexts: many archives serve one association at a time, and leave others waiting without a response.
            var oldest = _idle[0];
            _idle.RemoveAt(0);
            return (null, oldest.Take());
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _closing.RemoveAll(static task => task.IsCompletedSuccessfully);
        }

        _slots.Release();
    }

    // Null where the archive accepts no further one beside those that are open: the caller's slot is gone, and the limit lower.
    private async Task<Association?> OpenAsync(PresentationContext context, CancellationToken cancellationToken)
    {
        PresentationContext[] contexts;
        lock (_lock)
        {
            contexts = [.. _known.Where(known => !_rejected.ContainsKey(known) && known != context).TakeLast(PresentationContext.MaxPerAssociation - 1), context];
        }

        Association association;
        try
        {
            association = await Association.OpenAsync(await connect(cancellationToken).ConfigureAwait(false), address, contexts, options, cancellationToken, onRequest).ConfigureAwait(false);
        }
        catch (AssociationException) when (TryLowerLimit())
        {
            return null;
        }

        return Accepted(association, contexts, context);
    }

    private Association Accepted(Association association, PresentationContext[] contexts, PresentationContext context)
    {
        lock (_lock)
        {
            _open++;
            if (_rejected.Count > MaxRejected)
            {
                _rejected.Clear();
            }

            foreach (var one in contexts)
            {
                if (association.ResultOf(one) is { } result and not 0)
                {
                    _rejected[one] = result;
                }
            }

            if (!_rejected.TryGetValue(context, out var rejected))
            {
                return association;
            }

            // It may serve for others.
            AddIdle(association);
            throw Rejected(context, rejected);
        }
    }

    // An archive that has accepted others of these associations limits their number, whatever reason it gives.
    private bool TryLowerLimit()
    {
        lock (_lock)
        {
            if (_open == 0 || _limit == 1)
            {
                return false;
            }

            _limit--;
            return true;
        }
    }

    private static AssociationException Rejected(PresentationContext context, byte result) => new(AssociationFailureKind.ContextRejected, context.Rejection(result));

    private void AddIdle(Association association)
    {
        var entry = new IdleAssociation(association);
        _idle.Add(entry);
        entry.Timer = options.TimeProvider.CreateTimer(_ => Expire(entry), null, options.KeepAlive, Timeout.InfiniteTimeSpan);
    }

    private void Expire(IdleAssociation entry)
    {
        lock (_lock)
        {
            if (_idle.Remove(entry))
            {
                _closing.Add(CloseAsync(entry.Take()));
            }
        }
    }

    private async Task CloseAsync(Association association)
    {
        await association.ReleaseAsync().ConfigureAwait(false);
        lock (_lock)
        {
            _open--;
        }
    }
}
