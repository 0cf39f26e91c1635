using System.Diagnostics;

namespace CodRetrieve.Service.Tests.Support;

/// <summary>A file system of a few megabytes in memory, which can be filled.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly string _filler;

    /// <param name="megabytes">Its size.</param>
    public SmallDisk(int megabytes)
    {
        Path = Directory.CreateTempSubdirectory("codretrieve-disk-").FullName;
        _filler = System.IO.Path.Combine(Path, "filler");
        Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=755", "none", Path);
    }

    /// <summary>Why there can be none here; <see langword="null"/> where there can.</summary>
    public static string? Absence { get; } = FindAbsence();

    public string Path { get; }

    /// <summary>Takes all the space that is left. What others free meanwhile is theirs.</summary>
    public void Fill()
    {
        using var file = new FileStream(_filler, FileMode.Append, FileAccess.Write, FileShare.None, 0);
        for (var size = 1 << 20; size >= 1; size /= 4)
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // Not that much is left.
            }
        }
    }

    public void Free() => File.Delete(_filler);

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static string? FindAbsence()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "Only root can mount a small file system.";
        }

        try
        {
            using var disk = new SmallDisk(1);
            return null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program}: {error}");
        }
    }
}
