namespace CodRetrieve.Service.Running;

/// <summary>What a renewal found.</summary>
internal enum LeaseState
{
    /// <summary>The lease is renewed.</summary>
    Held,

    /// <summary>Another run has claimed the shard, or it was taken away.</summary>
    Lost,

    /// <summary>The lease is renewed; the request is paused.</summary>
    Paused,

    /// <summary>The lease is renewed; the request is cancelled.</summary>
    Cancelled,
}
