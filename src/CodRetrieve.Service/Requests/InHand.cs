namespace CodRetrieve.Service.Requests;

/// <summary>The shards of a request that are enqueued or run.</summary>
internal readonly record struct InHand(int Shards, int Running, long BytesPerSecond);
