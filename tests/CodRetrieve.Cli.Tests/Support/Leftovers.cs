using System.Text.Json;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>What a run leaves beside the instances.</summary>
public static class Leftovers
{
    public static EnumerationOptions Everything => new() { RecurseSubdirectories = true, AttributesToSkip = 0 };

    /// <summary>Everything below a folder that is neither an instance, a zip, the log nor a record of what is saved and where.</summary>
    public static IEnumerable<string> In(string directory) => Directory.EnumerateFiles(directory, "*", Everything)
        .Select(path => Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/'))
        .Where(path => path is not ("log.json" or ".codretrieve/layout")
            && !path.StartsWith(".codretrieve/studies/", StringComparison.Ordinal) && !path.StartsWith(".codretrieve/places/", StringComparison.Ordinal))
        .Where(path => path.StartsWith('.') || Path.GetExtension(path) is not (".dcm" or ".zip"));

    public static void AssertLogIsJson(string directory)
    {
        var path = Path.Combine(directory, "log.json");
        if (File.Exists(path))
        {
            using var log = JsonDocument.Parse(File.ReadAllBytes(path));
            Assert.All(log.RootElement.GetProperty("logs").EnumerateArray(), entry => Assert.Equal(3, entry.GetString()!.Split('/').Length));
        }
    }
}
