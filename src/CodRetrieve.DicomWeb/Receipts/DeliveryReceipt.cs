namespace CodRetrieve.DicomWeb;

/// <summary>What is remembered of a delivered instance.</summary>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Crc32c">The CRC32C of the bytes that were sent.</param>
/// <param name="TarGeneration">The generation of the tar that it came from.</param>
internal readonly record struct DeliveryReceipt(long SizeBytes, uint Crc32c, long? TarGeneration)
{
    /// <summary>Whether what was delivered is what the store lists now.</summary>
    public bool IsOf(InstanceInfo instance) =>
        (instance.SizeBytes is not { } size || size == SizeBytes)
        && (instance.ExpectedCrc32c is { } crc ? crc == Crc32c : instance.Series.TarGeneration == TarGeneration);
}
