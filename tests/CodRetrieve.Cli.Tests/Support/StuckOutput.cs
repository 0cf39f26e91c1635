using System.Runtime.InteropServices;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>A named pipe as standard output that nobody reads, as that of a pager that was left alone: once it is full, whoever writes waits for ever.</summary>
public sealed class StuckOutput : IDisposable
{
    private const int ReadWrite = 2;

    private readonly int _descriptor;

    private StuckOutput(string path, int descriptor) => (Path, _descriptor) = (path, descriptor);

    public string Path { get; }

    public static StuckOutput Create(string path)
    {
        Assert.Equal(0, MakeFifo(path, 0x180));
        var descriptor = Open(path, ReadWrite | (OperatingSystem.IsMacOS() ? 0x4 : 0x800), 0);
        Assert.InRange(descriptor, 0, int.MaxValue);
        return new StuckOutput(path, descriptor);
    }

    /// <summary>Leaves room for not a byte more.</summary>
    public void Fill()
    {
        foreach (var size in new[] { 4096, 1 })
        {
            var bytes = new byte[size];
            while (Write(_descriptor, bytes, size) > 0)
            {
            }
        }
    }

    public void Dispose() => _ = Close(_descriptor);

    [DllImport("libc", EntryPoint = "mkfifo", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeFifo(string path, uint mode);

    [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(string path, int flags, uint mode);

    [DllImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(int descriptor, byte[] bytes, nint count);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
