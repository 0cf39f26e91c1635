namespace CodRetrieve;

/// <summary>One instance was saved.</summary>
public sealed class InstanceSavedEventArgs : EventArgs
{
    internal InstanceSavedEventArgs(InstanceInfo instance, SavedInstance saved, bool isVerified) => (Instance, Saved, IsVerified) = (instance, saved, isVerified);

    /// <summary>The instance.</summary>
    public InstanceInfo Instance { get; }

    /// <summary>Where it is.</summary>
    public SavedInstance Saved { get; }

    /// <summary>Whether its CRC32C was checked; <see langword="false"/> where neither the index nor the tar as a whole gave one, so that only the size was.</summary>
    public bool IsVerified { get; }
}
