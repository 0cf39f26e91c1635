namespace CodRetrieve.Service.Dispatching;

/// <summary>A request of which a shard may be enqueued.</summary>
internal sealed record Candidate(long Id, int Priority, string Store, string Destination, int? MaxShards, int Waiting);
