namespace CodRetrieve.Storage;

/// <summary>What a request of a <see cref="RequestBudget"/> is for.</summary>
internal enum RequestPurpose
{
    /// <summary>A listing or an index: short, and others wait for what it brings. It goes before content.</summary>
    Metadata,

    /// <summary>Bytes of tars.</summary>
    Content,
}
