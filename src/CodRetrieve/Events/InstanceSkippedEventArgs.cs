namespace CodRetrieve;

/// <summary>Provides data for <see cref="Job.Skipped"/>: one instance is saved already, and is not fetched.</summary>
public sealed class InstanceSkippedEventArgs : JobEvent
{
    internal InstanceSkippedEventArgs(InstanceInfo instance, string? location) => (Instance, Location) = (instance, location);

    /// <summary>Gets the instance as its series' index lists it.</summary>
    public InstanceInfo Instance { get; }

    /// <summary>Gets where it is, as in <see cref="InstanceResult.Location"/>; <see langword="null"/> where the save handler does not say.</summary>
    public string? Location { get; }
}
