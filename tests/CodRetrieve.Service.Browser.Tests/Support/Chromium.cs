namespace CodRetrieve.Service.Browser.Tests.Support;

/// <summary>The Chromium of the machine; Playwright's own is not downloaded.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>The program; <see langword="null"/> where there is none.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => Names.Select(name => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    public static string? Absence => Path is null ? "Chromium is needed: apt-get install chromium." : null;
}
