using System.Diagnostics;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>A file system of a few megabytes, in memory: mounted for one test, where that is permitted.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly string _root;
    private bool _isReadOnly;

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

    /// <summary>Makes it read-only under whoever writes to it: what is opened from now on, made or renamed fails.</summary>
    /// <remarks>
    /// The system refuses this for a mount on which files are open for writing, so that another one, which is read-only, is laid over it.
    /// </remarks>
    public void MakeReadOnly()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (Run("mount", "-o", "bind,ro", _root, _root) == 0)
            {
                _isReadOnly = true;
                return;
            }

            // Laid over, but something was opened before it became read-only: once more.
            Run("umount", "-l", _root);
        }

        Assert.Fail("The disk cannot be made read-only.");
    }

    public void MakeWritable()
    {
        Assert.Equal(0, Run("umount", "-l", _root));
        _isReadOnly = false;
    }

    public void Dispose()
    {
        if (_isReadOnly)
        {
            MakeWritable();
        }

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
