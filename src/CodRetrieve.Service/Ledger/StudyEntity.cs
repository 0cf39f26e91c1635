namespace CodRetrieve.Service.Ledger;

/// <summary>A study of a request. Its shard is the one whose range of numbers holds its own.</summary>
internal sealed class StudyEntity
{
    public long RequestId { get; set; }

    public int Number { get; set; }

    public string StudyInstanceUid { get; set; } = "";

    public StudyState State { get; set; }

    public FailureReason Reason { get; set; }

    /// <summary>Why it failed, in words without a secret; <see langword="null"/> where it did not.</summary>
    public string? Message { get; set; }

    /// <summary>The instances that this request brought to the destination, in the run that decided.</summary>
    public int InstancesSaved { get; set; }

    /// <summary>The instances that were there already.</summary>
    public int InstancesSkipped { get; set; }

    public long BytesSaved { get; set; }

    public long? EndedAt { get; set; }
}
