namespace CodRetrieve.Storage;

/// <summary>The right to have one request in flight, and what became of the request. The owner disposes it. For one request at a time.</summary>
internal sealed class RequestPermit : IDisposable
{
    private RequestBudget? _budget;
    private long _begun;
    private bool _isAwaitingResponse;

    public RequestPermit(RequestBudget budget, RequestPurpose purpose) => (_budget, Purpose) = (budget, purpose);

    public RequestPurpose Purpose { get; }

    /// <summary>An attempt begins.</summary>
    public void Begin() => (_begun, _isAwaitingResponse) = (Timestamp(), true);

    /// <summary>The response to the attempt began.</summary>
    public void AddResponse()
    {
        _isAwaitingResponse = false;
        _budget?.AddResponse(Purpose, _begun);
    }

    /// <summary>The attempt failed. What breaks after its response began says nothing about the number of requests.</summary>
    public void AddFailure(ObjectStoreException failure)
    {
        if (_isAwaitingResponse)
        {
            _isAwaitingResponse = false;
            _budget?.AddFailure(failure, _begun);
        }
    }

    public long Timestamp() => _budget?.Timestamp() ?? 0;

    /// <summary>Bytes of the body arrived.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="waitedSince">When waiting for them began, by <see cref="Timestamp"/>; <see langword="null"/> where they were there already.</param>
    public void AddBytes(int bytes, long? waitedSince) => _budget?.AddBytes(bytes, waitedSince);

    /// <summary>Gives the permit back.</summary>
    public void Dispose() => Interlocked.Exchange(ref _budget, null)?.Release(Purpose);
}
