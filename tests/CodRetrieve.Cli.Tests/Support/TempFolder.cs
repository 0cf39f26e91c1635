namespace CodRetrieve.Cli.Tests.Support;

/// <summary>A folder of a test's own, removed with all that is in it.</summary>
public sealed class TempFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("codretrieve-cli-").FullName;

    /// <summary>A folder that is not there yet.</summary>
    public string Output => System.IO.Path.Combine(_root, "out");

    public string Path => _root;

    public string Write(string name, params string[] lines)
    {
        var path = System.IO.Path.Combine(_root, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
