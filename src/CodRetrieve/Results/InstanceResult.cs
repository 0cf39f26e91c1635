namespace CodRetrieve;

/// <summary>One instance that a job verified and saved. Immutable and safe for use by several threads.</summary>
public sealed class InstanceResult
{
    internal InstanceResult(InstanceInfo instance, string location, long sizeBytes, uint? crc32c, string? transform) =>
        (Instance, Location, SizeBytes, Crc32c, Transform) = (instance, location, sizeBytes, crc32c, transform);

    /// <summary>Gets the instance as its series' index lists it.</summary>
    public InstanceInfo Instance { get; }

    /// <summary>
    /// Gets where the instance is, as the save handler named it: the path of a file; for the zip handler the path of the zip and the entry in it,
    /// <c>{zip}://{entry}</c>.
    /// </summary>
    public string Location { get; }

    /// <summary>Gets the number of bytes saved; where the instance was transformed, those of the result.</summary>
    public long SizeBytes { get; }

    /// <summary>
    /// Gets the CRC32C of the bytes saved: the one that the index lists, or, where the instance was transformed, that of the result. <see langword="null"/> where the index lists none.
    /// </summary>
    public uint? Crc32c { get; }

    /// <summary>
    /// Gets the <see cref="IInstanceTransform.Identity"/> of the transform that made what was saved; <see langword="null"/> where it is as the store has it. What a save handler of yours makes of an instance is not known.
    /// </summary>
    public string? Transform { get; }

    /// <summary>
    /// Gets a value indicating whether the bytes, or those that a transform got, have the CRC32C that the index lists. <see langword="false"/> where the index lists none: then the
    /// size was checked and, where the store lists one, the CRC32C of the tar as a whole.
    /// </summary>
    public bool IsVerified => Instance.Crc32c is not null;
}
