namespace CodRetrieve;

/// <summary>One instance that a job verified and saved. Immutable and safe for use by several threads.</summary>
public sealed class InstanceResult
{
    internal InstanceResult(InstanceInfo instance, string location, long sizeBytes) => (Instance, Location, SizeBytes) = (instance, location, sizeBytes);

    /// <summary>Gets the instance as its series' index lists it.</summary>
    public InstanceInfo Instance { get; }

    /// <summary>
    /// Gets where the instance is, as the save handler named it: the path of a file; for the zip handler the path of the zip and the entry in it,
    /// <c>{zip}://{entry}</c>.
    /// </summary>
    public string Location { get; }

    /// <summary>Gets the number of bytes saved.</summary>
    public long SizeBytes { get; }

    /// <summary>
    /// Gets a value indicating whether the bytes have the CRC32C that the index lists. <see langword="false"/> where the index lists none: then the
    /// size was checked and, where the store lists one, the CRC32C of the tar as a whole.
    /// </summary>
    public bool IsVerified => Instance.Crc32c is not null;
}
