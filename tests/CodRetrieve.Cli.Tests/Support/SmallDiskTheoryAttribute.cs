namespace CodRetrieve.Cli.Tests.Support;

/// <summary>A test that needs a <see cref="SmallDisk"/>; skipped, with a message, where none may be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskTheoryAttribute : TheoryAttribute
{
    private static readonly Lazy<bool> CanMount = new(() =>
    {
        using var disk = SmallDisk.TryMount(1);
        return disk is not null;
    });

    public SmallDiskTheoryAttribute()
    {
        Timeout = 60_000;
        if (!CanMount.Value)
        {
            Skip = "Needs the permission to mount a tmpfs (root on Linux).";
        }
    }
}
