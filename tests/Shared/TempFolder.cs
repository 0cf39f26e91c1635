namespace CodRetrieve.Tests.Support;

/// <summary>A folder of a test's own, removed with all that is in it.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => Path = Directory.CreateTempSubdirectory("codretrieve-test-").FullName;

    /// <param name="parent">Where the folder is made, to choose a file system.</param>
    public TempFolder(string parent) => Path = Directory.CreateDirectory(System.IO.Path.Combine(parent, $"codretrieve-test-{Guid.NewGuid():N}")).FullName;

    public string Path { get; }

    /// <summary>A folder in it that is not there yet.</summary>
    public string Output => System.IO.Path.Combine(Path, "out");

    /// <summary>Writes a file, and gives its path.</summary>
    public string Write(string name, byte[] content)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public string Write(string name, params string[] lines) => Write(name, System.Text.Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
