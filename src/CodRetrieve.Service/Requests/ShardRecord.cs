using CodRetrieve.Service.Ledger;

namespace CodRetrieve.Service.Requests;

/// <summary>A shard of a request.</summary>
internal sealed record ShardRecord(
    long Id, int FirstNumber, int StudyCount, ShardState State, int Epoch, string? Node, DateTimeOffset? LeaseUntil, DateTimeOffset? NotBefore,
    int StudiesSaved, int StudiesFailed, long BytesPerSecond, int FailedRuns, string? LastError);
