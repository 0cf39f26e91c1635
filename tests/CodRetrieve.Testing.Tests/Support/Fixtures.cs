namespace CodRetrieve.Testing.Tests;

/// <summary>The bucket that the COD writer's own code wrote, where it is at hand: <c>shared/fixtures</c>, above the tests or beside the
/// repository.</summary>
internal static class Fixtures
{
    public static string? Directory { get; } = Find();

    public static string Manifest => Path.Combine(Directory!, "manifest.json");

    public static string Bucket => Path.Combine(Directory!, "bucket");

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "fixtures");
            if (File.Exists(Path.Combine(candidate, "manifest.json")))
            {
                return candidate;
            }
        }

        return null;
    }
}
