using CodRetrieve.Service.Ledger;

namespace CodRetrieve.Service.Requests;

/// <summary>A study of a request.</summary>
internal sealed record StudyRecord(
    long RequestId, int Number, string StudyInstanceUid, StudyState State, FailureReason Reason, string? Message,
    int InstancesSaved, int InstancesSkipped, long BytesSaved, DateTimeOffset? EndedAt);
