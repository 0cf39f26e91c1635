namespace CodRetrieve.Dimse;

/// <summary>An archive, waited for while it cannot be reached. Safe for use by several threads.</summary>
internal sealed class Archive(DimseAddress address, DimseSaveOptions options, AssociationPool pool)
{
    private readonly ArchiveOutage _outage = new(address, options);

    public string Name { get; } = address.ToString();

    public AssociationPool Pool => pool;

    /// <summary>Does something with an association on which a context is accepted.</summary>
    /// <exception cref="AssociationException">The archive accepts no association, or not the context, or the association broke.</exception>
    /// <exception cref="DestinationException">The archive has been down for longer than is waited.</exception>
    public async Task<T> UseAsync<T>(PresentationContext context, Func<Association, Task<T>> use, CancellationToken cancellationToken)
    {
        var association = await RentAsync(context, cancellationToken).ConfigureAwait(false);
        try
        {
            return await use(association).ConfigureAwait(false);
        }
        finally
        {
            pool.Return(association);
        }
    }

    /// <summary>Waits before another attempt that has nothing to do with an outage.</summary>
    public Task WaitAfterAsync(int attempt, CancellationToken cancellationToken) => Task.Delay(ArchiveOutage.Delay(attempt, options), options.TimeProvider, cancellationToken);

    /// <summary>Waits before the archive is asked again for what it has not done yet.</summary>
    public Task PauseAfterAsync(int attempt, CancellationToken cancellationToken) => Task.Delay(ArchiveOutage.Pause(attempt, options), options.TimeProvider, cancellationToken);

    private async Task<Association> RentAsync(PresentationContext context, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var association = await pool.RentAsync(context, cancellationToken).ConfigureAwait(false);
                _outage.Reached();
                return association;
            }
            catch (AssociationException e) when (e.Kind is AssociationFailureKind.Unreachable or AssociationFailureKind.Busy)
            {
                await _outage.WaitAsync(attempt, e, cancellationToken).ConfigureAwait(false);
            }
            catch (AssociationException e) when (e.Kind == AssociationFailureKind.ContextRejected)
            {
                _outage.Reached();
                throw;
            }
        }
    }
}
