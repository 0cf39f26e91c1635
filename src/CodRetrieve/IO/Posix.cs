using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.IO;

/// <summary>The system calls that .NET does not offer, or whose errors it hides.</summary>
internal static partial class Posix
{
    private const int NoEntry = 2;
    private const int NoAccess = 13;
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int LockShared = 1;
    private const int LockExclusive = 2;
    private const int DoNotWait = 4;
    private const int LockNone = 8;
    private const int OpenFilesLinux = 7;
    private const int OpenFilesMac = 8;

    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>How many files and sockets the process may have open (<c>ulimit -n</c>); <see langword="null"/> where there is no such limit, or it is not known.</summary>
    public static long? MaxOpenFiles()
    {
        if (OperatingSystem.IsWindows() || GetLimit(OperatingSystem.IsMacOS() ? OpenFilesMac : OpenFilesLinux, out var limit) != 0)
        {
            return null;
        }

        return limit.Current <= int.MaxValue ? (long)limit.Current : null;
    }

    /// <summary>Closes a file and throws what the system reports only now: quotas and write errors of network file systems.</summary>
    /// <exception cref="IOException">The bytes may not have arrived.</exception>
    public static void Close(SafeFileHandle file, string path)
    {
        var descriptor = (int)file.DangerousGetHandle();

        // The handle's own Dispose ignores what close(2) returns.
        file.SetHandleAsInvalid();
        if (Close(descriptor) != 0)
        {
            throw Failure(Marshal.GetLastPInvokeError(), path);
        }
    }

    /// <summary>Makes the system report what <see cref="Close(SafeFileHandle, string)"/> would, with the file still open.</summary>
    /// <exception cref="IOException">The bytes may not have arrived.</exception>
    public static void CloseDuplicate(SafeFileHandle file, string path)
    {
        var duplicate = Duplicate((int)file.DangerousGetHandle());
        if (duplicate < 0 || Close(duplicate) != 0)
        {
            throw Failure(Marshal.GetLastPInvokeError(), path);
        }
    }

    /// <summary>Opens a directory for <see cref="Flush"/>, <see cref="FlushFileSystem"/> and locks; <see langword="null"/> if that fails.</summary>
    public static SafeFileHandle? TryOpenDirectory(string path) => OperatingSystem.IsWindows() ? null : TryOpen(path, ReadOnly);

    /// <summary>Opens a file that exists for reading and writing, without the lock that .NET takes; <see langword="null"/> if that fails.</summary>
    public static SafeFileHandle? TryOpenFile(string path) => TryOpen(path, ReadWrite);

    /// <summary>Makes what is in a file or a directory durable.</summary>
    /// <exception cref="IOException">It is not durable.</exception>
    public static void Flush(SafeFileHandle file, string path)
    {
        if (FileSync((int)file.DangerousGetHandle()) != 0)
        {
            throw Failure(Marshal.GetLastPInvokeError(), path);
        }
    }

    /// <summary>Makes everything durable that was written to a file system. Linux only.</summary>
    /// <exception cref="IOException">Something is not durable (reported since Linux 5.8).</exception>
    public static void FlushFileSystem(SafeFileHandle directory, string path)
    {
        if (FileSystemSync((int)directory.DangerousGetHandle()) != 0)
        {
            throw Failure(Marshal.GetLastPInvokeError(), path);
        }
    }

    /// <summary>Takes a lock that ends with the open file, or changes its kind, without waiting for it.</summary>
    public static bool TryLock(SafeFileHandle file, bool exclusive) =>
        FileLock((int)file.DangerousGetHandle(), (exclusive ? LockExclusive : LockShared) | DoNotWait) == 0;

    /// <summary>Whether the last lock was refused because another has it, and not because the file system knows no locks of directories.</summary>
    public static bool IsRefused() => Marshal.GetLastPInvokeError() is WouldBlockLinux or WouldBlockMac;

    /// <summary>Drops the lock that .NET takes whenever it opens a file, and which would stand in the way of others.</summary>
    public static void Unlock(SafeFileHandle file) => _ = FileLock((int)file.DangerousGetHandle(), LockNone);

    /// <summary>The exception that .NET throws for an error number, with the number as its <see cref="Exception.HResult"/>.</summary>
    public static Exception Failure(int error, string path)
    {
        var message = $"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'";
        return error switch
        {
            NoEntry => new DirectoryNotFoundException(message),
            NoAccess => new UnauthorizedAccessException(message),
            _ => new IOException(message, error),
        };
    }

    private static SafeFileHandle? TryOpen(string path, int access)
    {
        var descriptor = Open(path, access | CloseOnExec, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FileSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FileSystemSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FileLock(int descriptor, int operation);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Current;
        public ulong Greatest;
    }
}
