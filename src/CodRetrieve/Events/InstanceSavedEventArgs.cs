namespace CodRetrieve;

/// <summary>One instance was saved.</summary>
public sealed class InstanceSavedEventArgs : EventArgs
{
    internal InstanceSavedEventArgs(InstanceInfo instance, SavedInstance saved, bool isVerified) => (Instance, Saved, IsVerified) = (instance, saved, isVerified);

    /// <summary>The instance.</summary>
    public InstanceInfo Instance { get; }

    /// <summary>Where it is.</summary>
    public SavedInstance Saved { get; }

    /// <summary>
    /// Whether it has the CRC32C that the index lists; <see langword="false"/> where the index lists none: its size was checked then, and, where the
    /// store lists one, the CRC32C of the tar as a whole.
    /// </summary>
    public bool IsVerified { get; }
}
