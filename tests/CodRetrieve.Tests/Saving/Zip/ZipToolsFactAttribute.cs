namespace CodRetrieve.Tests.Saving;

/// <summary>A test that needs the zip readers of other people, and space for a large zip and what is in it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ZipToolsFactAttribute : FactAttribute
{
    private const long NeededBytes = 10L * 1024 * 1024 * 1024;

    public ZipToolsFactAttribute()
    {
        var missing = new[] { "unzip", "python3", "java", "jar" }.Where(tool => !IsThere(tool)).ToList();
        if (missing.Count > 0)
        {
            Skip = $"Not installed: {string.Join(", ", missing)}.";
        }
        else if (new DriveInfo(Path.GetTempPath()).AvailableFreeSpace < NeededBytes)
        {
            Skip = $"Less than {NeededBytes} bytes are free in {Path.GetTempPath()}.";
        }
    }

    private static bool IsThere(string tool) => !OperatingSystem.IsWindows()
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));
}
