namespace CodRetrieve.FoDicom.Tests;

/// <summary>A test that needs the programs of dcmtk, and is skipped where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DcmtkFactAttribute : FactAttribute
{
    public DcmtkFactAttribute()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!new[] { "dcmmkdir", "dcmdump" }.All(program => folders.Any(folder => File.Exists(Path.Combine(folder, program)))))
        {
            Skip = "dcmmkdir and dcmdump of dcmtk are needed.";
        }
    }
}
