namespace CodRetrieve.Cli.Tests.Support;

/// <summary>A test that sends signals; skipped where there are none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        Timeout = 60_000;
        if (OperatingSystem.IsWindows())
        {
            Skip = "Needs Unix signals.";
        }
    }
}
