namespace CodRetrieve.Service.Requests;

/// <summary>A lease of a shard.</summary>
internal sealed record LeaseRecord(long ShardId, long RequestId, int Epoch, DateTimeOffset Until, long BytesPerSecond);
