using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>Keeps a second job, of this process or another, from saving into the same directory.</summary>
/// <remarks>
/// The operating system holds the lock with the open file (on Unix .NET takes <c>flock</c>) and drops it when the process dies, so nothing
/// has to be cleaned up by hand. The file stays: deleting it could pull it away under one who has just opened it.
/// </remarks>
internal sealed class DirectoryLock : IDisposable
{
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int LockViolation = unchecked((int)0x80070021);

    private readonly SafeFileHandle _file;

    private DirectoryLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock of a directory that <see cref="DestinationCheck.PrepareDirectory"/> has made.</summary>
    /// <exception cref="DestinationException">Another job has it, or the file cannot be opened.</exception>
    public static DirectoryLock Take(string directory)
    {
        var path = StatePaths.LockFile(directory);
        try
        {
            return new(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.HResult is WouldBlockLinux or WouldBlockMac or SharingViolation or LockViolation)
        {
            throw new DestinationException(
                DestinationFailure.InUse,
                $"Another job is saving into {directory}. Wait until it ends, or choose another directory.",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DestinationErrors.From(e, directory)
                ?? new DestinationException(DestinationFailure.NotWritable, $"{path} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => _file.Dispose();
}
