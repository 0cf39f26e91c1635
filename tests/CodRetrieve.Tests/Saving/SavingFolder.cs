using System.Text;
using CodRetrieve.IO;

namespace CodRetrieve.Tests.Saving;

/// <summary>A folder of a test's own, with short ways to write into it and to list it; may be gone at the end.</summary>
public sealed class SavingFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("codretrieve-").FullName;

    /// <summary>A path below the folder.</summary>
    public string this[params string[] parts] => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Writes the marker of a run that died while it was saving studies.</summary>
    public void WriteDeadRun(string owner, params string[] studies) =>
        Write($".codretrieve/runs/{owner}", Encoding.ASCII.GetBytes($"#{owner}{new string('0', FileLock.HeaderBytes - 10)}\n{new string('0', 16)}\n-\n{string.Concat(studies.Select(study => study + "\n"))}"));

    /// <summary>Writes a file, with its folders.</summary>
    public string Write(string relativePath, byte[] bytes)
    {
        var path = this[relativePath];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Every file below the folder, with slashes, in order.</summary>
    public string[] Files() => !Directory.Exists(Path) ? [] : Directory
        .EnumerateFiles(Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        .Select(f => System.IO.Path.GetRelativePath(Path, f).Replace('\\', '/'))
        .Order(StringComparer.Ordinal)
        .ToArray();

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
