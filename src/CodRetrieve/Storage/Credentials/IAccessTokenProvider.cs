namespace CodRetrieve.Storage;

/// <summary>Gives access tokens. Implementations are safe for several requests at once.</summary>
internal interface IAccessTokenProvider
{
    /// <summary>What a request fails with when no token comes in time: whether another attempt is worth it.</summary>
    ObjectStoreFailure OnTimeout { get; }

    /// <summary>The token to send.</summary>
    /// <param name="stale">A token that the store refused with 401, or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The token, or <see langword="null"/> for none; the same as <paramref name="stale"/> when there is no fresher one.</returns>
    ValueTask<string?> GetAsync(string? stale, CancellationToken cancellationToken);
}
