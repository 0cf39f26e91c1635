using CodRetrieve.IO;

namespace CodRetrieve;

/// <summary>The bytes of an instance are not those that its series' index lists, or those of its tar not those that the store lists.</summary>
public sealed class InstanceIntegrityException : CodRetrieveException
{
    internal InstanceIntegrityException(InstanceInfo instance, string found, uint? expectedCrc32c, uint? actualCrc32c)
        : base($"{instance.Uri}: {found}.")
    {
        ExpectedCrc32c = expectedCrc32c;
        ActualCrc32c = actualCrc32c;
    }

    /// <summary>
    /// Gets the CRC32C that the index lists for the instance, or, where it lists none, that the store lists for the series' tar as a whole;
    /// <see langword="null"/> where there is neither.
    /// </summary>
    public uint? ExpectedCrc32c { get; }

    /// <summary>Gets the CRC32C of the bytes that came, of the instance or of the tar; <see langword="null"/> where it was not computed.</summary>
    public uint? ActualCrc32c { get; }

    internal static InstanceIntegrityException Mismatch(InstanceInfo instance, uint actual) =>
        new(instance, $"its CRC32C is {Crc32C.Format(actual)} instead of {Crc32C.Format(instance.ExpectedCrc32c.GetValueOrDefault())}", instance.ExpectedCrc32c, actual);

    internal static InstanceIntegrityException WrongSize(InstanceInfo instance, long actualBytes, long expectedBytes) =>
        new(instance, $"it has {actualBytes} bytes in the tar instead of {expectedBytes}", instance.ExpectedCrc32c, null);

    internal static InstanceIntegrityException CorruptTar(InstanceInfo instance, uint expected, uint actual) =>
        new(instance, $"the index lists no CRC32C for it, and that of its tar is {Crc32C.Format(actual)} instead of {Crc32C.Format(expected)}", expected, actual);
}
