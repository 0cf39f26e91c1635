namespace CodRetrieve;

/// <summary>One instance that was verified and saved, from <see cref="Job.RunAsync"/>. Immutable.</summary>
public sealed class InstanceSaved
{
    internal InstanceSaved(InstanceInfo instance, SavedInstance saved) => (Instance, Saved) = (instance, saved);

    /// <summary>The instance.</summary>
    public InstanceInfo Instance { get; }

    /// <summary>Where it is.</summary>
    public SavedInstance Saved { get; }

    /// <summary>Whether its CRC32C was checked; <see langword="false"/> where neither the index nor the tar as a whole gave one, so that only the size was.</summary>
    public bool IsVerified => Instance.Crc32c is not null;
}
