namespace CodRetrieve.Saving;

/// <summary>What an instance should be on disk: what the store lists, or what a transform has made of that.</summary>
internal static class ExpectedInstance
{
    // No file has it.
    private const long NoSize = -1;

    /// <summary>Returns an instance with the size and the CRC32C that its file should have.</summary>
    /// <param name="instance">The instance as the store lists it now.</param>
    /// <param name="receipt">What was saved of it.</param>
    /// <param name="transform">The number of the transform that it should be made by; <see langword="null"/> for whichever it was.</param>
    /// <returns>The instance; <see langword="null"/> if whatever is there is not what should be, since it was made of other bytes, by another transform, or nobody knows of what.</returns>
    public static InstanceInfo? Of(InstanceInfo instance, in Receipt? receipt, ulong? transform) => receipt is { Origin: { } origin } made
        ? (transform is null || transform == origin.Transform) && IsCurrent(instance, made, origin.SourceCrc32c) ? instance.AsSaved(made.SizeBytes, made.Crc32c) : null
        : transform is null ? instance : null;

    /// <summary>Returns a series with the sizes and CRC32Cs that its files should have after a transform. Nothing has those of an instance that must be made again.</summary>
    public static SeriesInfo Of(SeriesInfo series, StudyReceipts receipts, ulong transform) =>
        series.With([.. series.Instances.Select(instance => Of(instance, receipts.Find(EntryHash.Of(instance)), transform) ?? instance.AsSaved(NoSize, 0))]);

    /// <summary>Whether bytes that have a receipt are those that the store lists now. Without a CRC32C in the index, only another generation of the tar shows that they may not be.</summary>
    public static bool IsCurrent(InstanceInfo instance, in Receipt receipt, uint crc32c) =>
        instance.Crc32c is { } listed ? crc32c == listed : receipt.TarGeneration == (instance.Series.TarGeneration ?? 0);
}
