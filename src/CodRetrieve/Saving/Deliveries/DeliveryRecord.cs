namespace CodRetrieve.Saving;

/// <summary>What a receipt says.</summary>
/// <param name="Instance">The instance, as the store names it.</param>
/// <param name="SopInstanceUid">The UID by which the receiver knows it.</param>
/// <param name="SizeBytes">The number of bytes sent.</param>
/// <param name="Crc32c">Their CRC32C.</param>
/// <param name="Outcome">What became of it, in the words of who delivered it.</param>
internal sealed record DeliveryRecord(InstanceInfo Instance, string SopInstanceUid, long SizeBytes, uint Crc32c, string Outcome)
{
    public string? SopClassUid { get; init; }

    /// <summary>The status of the receiver's response.</summary>
    public int Status { get; init; }

    /// <summary>The reason that the response gave.</summary>
    public int? Reason { get; init; }

    /// <summary>What was verified.</summary>
    public string Verified { get; init; } = "None";

    public required DateTimeOffset Time { get; init; }

    public DeliveryReceipt ToReceipt() =>
        new(SizeBytes, Crc32c, Instance.Series.TarGeneration, Outcome, SopClassUid is { } sopClass ? new SopReference(sopClass, SopInstanceUid) : null);
}
