using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.IO;

/// <summary>
/// A file that has no name until it is whole: <c>open(2)</c> with <c>O_TMPFILE</c>, then <c>linkat(2)</c>. A killed process leaves nothing of
/// it, and it costs half the calls of a file that is made under one name, locked, and renamed. Linux only.
/// </summary>
internal static partial class AnonymousFile
{
    private const int WriteOnly = 0x1;
    private const int CloseOnExec = 0x80000;
    private const int Temporary = 0x400000;
    private const uint ReadWriteForAll = 0x1B6;

    private const int WorkingFolder = -100;
    private const int FollowLink = 0x400;

    private const int Exists = 17;

    // O_DIRECTORY differs between these two, for which the other numbers hold; on others they may mean something else.
    private static readonly int? DirectoryFlag = !OperatingSystem.IsLinux() ? null : RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 0x10000,
        Architecture.Arm64 => 0x4000,
        _ => null,
    };

    /// <summary>Whether files in a folder can be made so: not every file system can, and not every container shows <c>/proc</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="probe">The path of a file in it that may come and go.</param>
    public static bool IsPossibleIn(string folder, string probe)
    {
        using var file = TryCreate(folder);
        if (file is null || !TryLink(file, probe, out _))
        {
            return false;
        }

        File.Delete(probe);
        return true;
    }

    /// <summary>Makes a file that will lie in a folder; <see langword="null"/> if that fails, for whatever reason.</summary>
    public static SafeFileHandle? TryCreate(string folder)
    {
        if (DirectoryFlag is not { } directory)
        {
            return null;
        }

        var descriptor = Open(folder, WriteOnly | CloseOnExec | Temporary | directory, ReadWriteForAll);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Gives a file its name.</summary>
    /// <returns><see langword="false"/> if something has the name already.</returns>
    /// <exception cref="IOException">The folder is gone (<see cref="DirectoryNotFoundException"/>), full or on a read-only device.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static bool TryLink(SafeFileHandle file, string path) => TryLink(file, path, out var error) || (error == Exists ? false : throw Posix.Failure(error, path));

    private static bool TryLink(SafeFileHandle file, string path, out int error)
    {
        var isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            var isLinked = Link(WorkingFolder, $"/proc/self/fd/{file.DangerousGetHandle()}", WorkingFolder, path, FollowLink) == 0;
            error = isLinked ? 0 : Marshal.GetLastPInvokeError();
            return isLinked;
        }
        finally
        {
            if (isHeld)
            {
                file.DangerousRelease();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(int oldFolder, string oldPath, int newFolder, string newPath, int flags);
}
