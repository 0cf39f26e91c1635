namespace CodRetrieve.Tests.SharpZipLib;

/// <summary>A test that needs 7-Zip.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SevenZipFactAttribute : FactAttribute
{
    public SevenZipFactAttribute()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "7z"))))
        {
            Skip = "Not installed: 7z.";
        }
    }
}
