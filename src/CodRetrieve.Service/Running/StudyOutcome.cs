using CodRetrieve.Service.Ledger;

namespace CodRetrieve.Service.Running;

/// <summary>What a run decided about a study.</summary>
internal sealed record StudyOutcome(
    int Number, StudyState State, FailureReason Reason = FailureReason.None, string? Message = null, int InstancesSaved = 0, int InstancesSkipped = 0, long BytesSaved = 0);
