using CodRetrieve.Buckets;

namespace CodRetrieve;

/// <summary>The bytes of an instance are not those that its series' index lists.</summary>
public sealed class InstanceIntegrityException : CodRetrieveException
{
    internal InstanceIntegrityException(InstanceInfo instance, string found, uint? actualCrc32c)
        : base($"{instance.Uri}: {found}.")
    {
        ExpectedCrc32c = instance.Crc32c;
        ActualCrc32c = actualCrc32c;
    }

    /// <summary>The CRC32C that the index lists; <see langword="null"/> where it lists none.</summary>
    public uint? ExpectedCrc32c { get; }

    /// <summary>The CRC32C of the bytes that came; <see langword="null"/> where it was not computed.</summary>
    public uint? ActualCrc32c { get; }

    internal static InstanceIntegrityException Mismatch(InstanceInfo instance, uint actual) =>
        new(instance, $"its CRC32C is {Crc32C.Format(actual)} instead of {Crc32C.Format(instance.Crc32c.GetValueOrDefault())}", actual);

    internal static InstanceIntegrityException WrongSize(InstanceInfo instance, long actualBytes, long expectedBytes) =>
        new(instance, $"it has {actualBytes} bytes in the tar instead of {expectedBytes}", null);
}
