using CodRetrieve.Service.Ledger;

namespace CodRetrieve.Service.Requests;

/// <summary>What there is to do, for the first page and for metrics.</summary>
/// <param name="Requests">The requests by state.</param>
/// <param name="ShardsWaiting">The shards of requests under way that are not enqueued.</param>
/// <param name="ShardsQueued">Those that are enqueued.</param>
/// <param name="ShardsRunning">Those that run.</param>
/// <param name="BytesPerSecond">What is received now.</param>
/// <param name="OldestWaiting">When the oldest request with a shard that waits was created.</param>
internal sealed record Overview(
    IReadOnlyDictionary<RequestState, int> Requests, int ShardsWaiting, int ShardsQueued, int ShardsRunning, long BytesPerSecond, DateTimeOffset? OldestWaiting);
