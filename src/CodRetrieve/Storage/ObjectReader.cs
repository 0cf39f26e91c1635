namespace CodRetrieve.Storage;

/// <summary>
/// Reads a store as the other components need it: every request retried, every body resumed and bounded in idle time, and no more requests in flight than the
/// budget has. Safe for use by several callers at once. Owns neither the store nor the budget.
/// </summary>
internal sealed class ObjectReader(IObjectStore store, RequestPolicy policy, RequestBudget budget)
{
    // Apart: a store may list and yet give no bytes, or give bytes of what was listed before.
    private readonly OutageDetector _listings = new(budget, policy.Time);
    private readonly OutageDetector _bodies = new(budget, policy.Time);

    /// <summary>How long the store has given nothing of what it is asked for, listings or bytes; zero while it does.</summary>
    public TimeSpan OutageDuration => _listings.Duration > _bodies.Duration ? _listings.Duration : _bodies.Duration;

    /// <summary>The requests that are in flight.</summary>
    public RequestBudget Budget => budget;

    public string GetUri(string objectName) => store.GetUri(objectName);

    public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) =>
        ListFromAsync(prefix, null, pageToken, cancellationToken);

    /// <summary>Lists a page from a name on; it may hold names below that all the same.</summary>
    public async Task<ObjectListPage> ListFromAsync(string prefix, string? startOffset, string? pageToken, CancellationToken cancellationToken)
    {
        using var permit = await budget.AcquireAsync(RequestPurpose.Metadata, cancellationToken).ConfigureAwait(false);
        try
        {
            var page = await policy.ExecuteAsync(permit, _listings, ListOnceAsync, cancellationToken).ConfigureAwait(false);
            _listings.RecordSuccess();
            return page;
        }
        catch (ObjectStoreException e) when (_listings.RecordFailure(e) is var failure && failure != e)
        {
            throw failure;
        }

        async ValueTask<ObjectListPage> ListOnceAsync(CancellationToken ct)
        {
            permit.Begin();
            var page = await (startOffset is null ? store.ListAsync(prefix, pageToken, ct) : store.ListFromAsync(prefix, startOffset, pageToken, ct)).ConfigureAwait(false);
            permit.AddResponse();
            return page;
        }
    }

    /// <summary>
    /// Opens a range of an object once the budget has a place. The stream ends at the range's end and nowhere else. The caller disposes it,
    /// which gives the place back.
    /// </summary>
    /// <param name="slice">Which bytes.</param>
    /// <param name="received">Receives the number of bytes whenever some arrive, those fetched again included.</param>
    /// <param name="cancellationToken">Ends the wait for a place.</param>
    public async ValueTask<ResumingStream> OpenAsync(ObjectRange slice, Action<int>? received, CancellationToken cancellationToken)
    {
        var permit = await budget.AcquireAsync(RequestPurpose.Metadata, cancellationToken).ConfigureAwait(false);
        return new ResumingStream(store, policy, _bodies, slice, received, permit, ownsPermit: true);
    }

    /// <summary>Opens a range of an object in a place that the caller has, and keeps. The caller disposes the stream.</summary>
    public ResumingStream Open(ObjectRange slice, Action<int>? received, RequestPermit permit) =>
        new(store, policy, _bodies, slice, received, permit, ownsPermit: false);
}
