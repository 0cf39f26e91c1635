using CodRetrieve.Service.Requests;

namespace CodRetrieve.Service.Running;

/// <summary>A shard that is this node's as long as its lease lasts, with what is left of it.</summary>
internal sealed record ClaimedShard(
    long Id, long RequestId, int Epoch, string RunId, string Store, string Destination, SelectionModel? Selection, int FailedRuns, IReadOnlyList<ShardStudy> Studies);
