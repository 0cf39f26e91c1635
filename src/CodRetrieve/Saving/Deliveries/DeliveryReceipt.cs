namespace CodRetrieve.Saving;

/// <summary>What is remembered of a delivered instance.</summary>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Crc32c">The CRC32C of the bytes that were sent.</param>
/// <param name="TarGeneration">The generation of the tar that it came from.</param>
/// <param name="Outcome">What became of it, in the words of who delivered it.</param>
/// <param name="Reference">The UIDs by which the receiver knows it; <see langword="null"/> where the receipt has no SOP Class UID.</param>
internal readonly record struct DeliveryReceipt(long SizeBytes, uint Crc32c, long? TarGeneration, string Outcome, SopReference? Reference)
{
    /// <summary>Whether what was delivered is what the store lists now.</summary>
    public bool IsOf(InstanceInfo instance) =>
        (instance.SizeBytes is not { } size || size == SizeBytes)
        && (instance.ExpectedCrc32c is { } crc ? crc == Crc32c : instance.Series.TarGeneration == TarGeneration);
}
