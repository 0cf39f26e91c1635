namespace CodRetrieve.Service.Dispatching;

/// <summary>The shards of a request that are enqueued or run.</summary>
internal sealed record ShardsInHand(long RequestId, string Store, string Destination, int Count);
