namespace CodRetrieve.Service.Requests;

/// <summary>A lease of a shard; its request is <see langword="null"/> where it is of another tenant.</summary>
internal sealed record LeaseRecord(long ShardId, long? RequestId, int Epoch, DateTimeOffset Until, long BytesPerSecond);
