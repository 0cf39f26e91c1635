namespace CodRetrieve.Cli.Tests.Support;

/// <summary>The published program, in <c>artifacts/cli</c> of the repository.</summary>
public static class NativeProgram
{
    /// <summary>Its path; <see langword="null"/> if there is none, or only one older than what the tests were built from.</summary>
    public static string? Find()
    {
        var program = Path.Combine(Repository.Find() ?? "", "artifacts", "cli", OperatingSystem.IsWindows() ? "cod-retrieve.exe" : "cod-retrieve");
        var managed = Path.Combine(AppContext.BaseDirectory, "cod-retrieve.dll");
        return File.Exists(program) && File.GetLastWriteTimeUtc(program) >= File.GetLastWriteTimeUtc(managed) ? program : null;
    }
}
