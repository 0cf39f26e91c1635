namespace CodRetrieve.Storage;

/// <summary>How a <see cref="StorageClientObjectStore"/> makes its requests. Copied by the store; not safe for use by several threads while it is changed.</summary>
public sealed class StorageClientObjectStoreOptions
{
    /// <summary>Gets or sets the project to bill for requests to a requester-pays bucket (<c>userProject</c>). Default <see langword="null"/>: none.</summary>
    public string? UserProject { get; set; }

    /// <summary>
    /// Gets or sets how long a response may take, the client's credential included, and how long the next bytes of a listing may take. Default 30 s; more than
    /// zero. The time limit of the client's own <see cref="HttpClient.Timeout"/> holds, too. The bytes of objects are bounded by
    /// <see cref="CodDownloadOptions.IdleTimeout"/>.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the clock of <see cref="IdleTimeout"/>. Default <see cref="System.TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
