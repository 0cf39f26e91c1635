namespace CodRetrieve;

/// <summary>One instance that was verified and saved, from <see cref="Job.RunAsync"/>. Immutable.</summary>
public sealed class InstanceSaved
{
    internal InstanceSaved(InstanceInfo instance, SavedInstance saved) => (Instance, Saved) = (instance, saved);

    /// <summary>The instance.</summary>
    public InstanceInfo Instance { get; }

    /// <summary>Where it is.</summary>
    public SavedInstance Saved { get; }

    /// <summary>
    /// Whether it has the CRC32C that the index lists; <see langword="false"/> where the index lists none: its size was checked then, and, where the
    /// store lists one, the CRC32C of the tar as a whole.
    /// </summary>
    public bool IsVerified => Instance.Crc32c is not null;
}
