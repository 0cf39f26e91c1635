using System.Runtime.InteropServices;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>A file whose reader waits for ever, as one on a network drive that hangs: a named pipe into which nothing is written.</summary>
public sealed class StalledFile : IDisposable
{
    private FileStream? _writer;

    private StalledFile(string path) => Path = path;

    public string Path { get; }

    public static StalledFile Create(string path)
    {
        Assert.Equal(0, MakeFifo(path, 0x180));
        return new StalledFile(path);
    }

    /// <summary>Waits until someone reads it: opening a pipe for writing lasts until then.</summary>
    public async Task WaitForReaderAsync() =>
        _writer = await Task.Run(() => new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));

    public void Dispose() => _writer?.Dispose();

    [DllImport("libc", EntryPoint = "mkfifo", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeFifo(string path, uint mode);
}
