using CodRetrieve.Service.Ledger;

namespace CodRetrieve.Service.Requests;

/// <summary>A request as it stands.</summary>
/// <param name="Id">Its number.</param>
/// <param name="State">What has become of it.</param>
/// <param name="Store">The store.</param>
/// <param name="Destination">The destination.</param>
/// <param name="Selection">Which instances; <see langword="null"/> for all.</param>
/// <param name="Priority">A higher one goes first.</param>
/// <param name="MaxShards">The shards at the same time; <see langword="null"/> for what the settings allow.</param>
/// <param name="CreatedBy">Who asked.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="StartedAt">When its first shard began.</param>
/// <param name="EndedAt">When its last shard ended.</param>
/// <param name="Studies">How many studies, by what became of them.</param>
/// <param name="ShardsInHand">The shards that are enqueued or run.</param>
/// <param name="ShardsRunning">Those that run.</param>
/// <param name="ShardCount">All of its shards.</param>
/// <param name="InstancesSaved">The instances that it brought to the destination.</param>
/// <param name="BytesSaved">Their bytes.</param>
/// <param name="BytesReceived">What was received from the store for it, repetitions included.</param>
/// <param name="BytesPerSecond">What is received now.</param>
/// <param name="EstimatedEnd">When it would end at the rate of studies so far; <see langword="null"/> where there is none.</param>
internal sealed record RequestDetails(
    long Id, RequestState State, string Store, string Destination, SelectionModel? Selection, int Priority, int? MaxShards,
    string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt,
    StudyCounts Studies, int ShardsInHand, int ShardsRunning, int ShardCount,
    long InstancesSaved, long BytesSaved, long BytesReceived, long BytesPerSecond, DateTimeOffset? EstimatedEnd)
{
    /// <summary>Gets whether nothing more happens to it by itself.</summary>
    public bool IsEnded => State is RequestState.Cancelled or RequestState.Completed or RequestState.Incomplete;

    /// <summary>Gets whether another reading of the same request found nothing new: the estimate follows the clock, and the selection stays as it is.</summary>
    public bool IsSameAs(RequestDetails later) => this with { Selection = null, EstimatedEnd = null } == later with { Selection = null, EstimatedEnd = null };
}
