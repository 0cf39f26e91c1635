namespace CodRetrieve;

/// <summary>Provides data for <see cref="Job.Saved"/>: one instance was verified and saved.</summary>
public sealed class InstanceSavedEventArgs : JobEvent
{
    internal InstanceSavedEventArgs(InstanceResult result) => Result = result;

    /// <summary>Gets the instance and where it is.</summary>
    public InstanceResult Result { get; }
}
