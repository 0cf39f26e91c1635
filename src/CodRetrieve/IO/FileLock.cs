using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.IO;

/// <summary>
/// A lock that the operating system drops when the process dies, held with an open file that the holder may write. Deleted when it is released,
/// so that nothing is left to clean up.
/// </summary>
/// <remarks>
/// On Unix <c>flock</c> is called directly: the locks of .NET can be switched off by a setting of the environment. Where a file system takes every
/// lock (some network mounts), <see cref="IsExclusive"/> is <see langword="false"/>.
/// </remarks>
internal sealed class FileLock : IDisposable
{
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int LockViolation = unchecked((int)0x80070021);

    /// <summary>The bytes at the beginning of the file that name its holder, and this one lock of it; what the holder writes follows.</summary>
    public const int HeaderBytes = 34;

    // Between opening a file and locking it, another holder may delete it.
    private const int Attempts = 8;

    private readonly string _path;

    private FileLock(string path, SafeFileHandle file, bool isExclusive) => (_path, File, IsExclusive) = (path, file, isExclusive);

    /// <summary>The open file.</summary>
    public SafeFileHandle File { get; }

    /// <summary>Whether a second one is refused: not on every network mount.</summary>
    public bool IsExclusive { get; }

    /// <summary>Takes the lock without waiting.</summary>
    /// <param name="path">The file, created where there is none.</param>
    /// <param name="holder">The name of the holder, of <see cref="PartialName.NewId"/>.</param>
    /// <param name="isLeft">Whether another holder, who did not give the lock up but does not hold it either, is sure not to need it any more.</param>
    /// <returns>The lock; <see langword="null"/> if another has it.</returns>
    /// <exception cref="IOException">The file cannot be opened, or is a link.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public static FileLock? TryTake(string path, string holder, Func<string, bool>? isLeft = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (TryOpen(path) is not { } file)
            {
                return null;
            }

            if (OperatingSystem.IsWindows())
            {
                WriteHeader(file, holder);
                return new FileLock(path, file, isExclusive: true);
            }

            if (!Posix.TryLock(file, exclusive: true) || (isLeft is not null && TryReadHolder(file) is { } before && !isLeft(before)))
            {
                file.Dispose();
                return null;
            }

            if (TryConfirm(path, file, holder) is { } isExclusive)
            {
                return new FileLock(path, file, isExclusive);
            }

            file.Dispose();
            if (attempt == Attempts)
            {
                return null;
            }
        }
    }

    /// <summary>Whether another holds a lock, which is not created.</summary>
    public static bool IsHeld(string path)
    {
        if (!System.IO.File.Exists(path) || SymbolicLink.Is(path))
        {
            return false;
        }

        using var file = TryOpen(path, FileMode.Open);
        return file is null || (!OperatingSystem.IsWindows() && !Posix.TryLock(file, exclusive: true));
    }

    /// <summary>Deletes the file and releases the lock.</summary>
    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            // Before it is released: the next holder has a file of its own.
            WholeFile.TryDelete(_path);
        }

        File.Dispose();
        if (OperatingSystem.IsWindows())
        {
            WholeFile.TryDelete(_path);
        }
    }

    // Whether a second lock is refused; null if the path leads to another file than the one that was locked, since its holder before deleted that.
    private static bool? TryConfirm(string path, SafeFileHandle file, string holder)
    {
        var header = WriteHeader(file, holder);
        var found = new byte[HeaderBytes];
        using var second = Posix.TryOpenFile(path);
        return second is not null && RandomAccess.Read(second, found, 0) == HeaderBytes && found.AsSpan().SequenceEqual(header)
            ? !Posix.TryLock(second, exclusive: true)
            : null;
    }

    private static string? TryReadHolder(SafeFileHandle file)
    {
        var header = new byte[HeaderBytes];
        var id = RandomAccess.Read(file, header, 0) == HeaderBytes ? Encoding.ASCII.GetString(header.AsSpan(1, PartialName.IdLength)) : null;
        return id is not null && PartialName.IsId(id) ? id : null;
    }

    private static byte[] WriteHeader(SafeFileHandle file, string holder)
    {
        var header = Encoding.ASCII.GetBytes($"#{holder}{RandomNumberGenerator.GetHexString(HeaderBytes - 2 - PartialName.IdLength, lowercase: true)}\n");
        RandomAccess.Write(file, header, 0);
        return header;
    }

    private static SafeFileHandle? TryOpen(string path, FileMode mode = FileMode.OpenOrCreate)
    {
        if (SymbolicLink.Is(path))
        {
            throw new IOException($"{path} is a symbolic link, which is not followed. Remove it.");
        }

        try
        {
            var share = OperatingSystem.IsWindows() ? FileShare.None : FileShare.ReadWrite | FileShare.Delete;
            var file = System.IO.File.OpenHandle(path, mode, FileAccess.ReadWrite, share);
            if (!OperatingSystem.IsWindows())
            {
                Posix.Unlock(file);
            }

            return file;
        }
        catch (IOException e) when (e.HResult is WouldBlockLinux or WouldBlockMac or SharingViolation or LockViolation)
        {
            return null;
        }
    }
}
