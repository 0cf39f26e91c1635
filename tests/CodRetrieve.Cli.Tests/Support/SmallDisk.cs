using System.Diagnostics;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>A file system of a few megabytes, in memory: mounted for one test, where that is permitted.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly string _root;

    private SmallDisk(string root) => _root = root;

    public string Path => _root;

    /// <summary>Mounts one; <see langword="null"/> where that is not permitted or not known.</summary>
    public static SmallDisk? TryMount(int megabytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var root = Directory.CreateTempSubdirectory("codretrieve-disk-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", root) == 0)
        {
            return new SmallDisk(root);
        }

        Directory.Delete(root);
        return null;
    }

    public void Resize(int megabytes) => Assert.Equal(0, Run("mount", "-o", $"remount,size={megabytes}m", _root));

    public void Dispose()
    {
        Run("umount", "-l", _root);
        Directory.Delete(_root);
    }

    private static int Run(string command, params string[] args)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, args) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no such command.
            return -1;
        }
    }
}
