namespace CodRetrieve.Saving;

/// <summary>Distinguishes the faults that end all saving from those of a single file.</summary>
/// <remarks>
/// Only for what file operations on the destination throw. The content of an instance may throw <see cref="IOException"/> too (a
/// connection broke); that must never pass through here.
/// </remarks>
internal static class DestinationErrors
{
    // errno, the same on Linux and macOS unless named otherwise: .NET gives it as HResult on Unix.
    private const int ExistsErrno = 17;
    private const int NotADirectoryErrno = 20;
    private const int NoSpaceErrno = 28;
    private const int ReadOnlyErrno = 30;
    private const int QuotaErrnoMac = 69;
    private const int QuotaErrnoLinux = 122;

    private const int HandleDiskFull = unchecked((int)0x80070027);
    private const int DiskFull = unchecked((int)0x80070070);
    private const int DiskQuotaExceeded = unchecked((int)0x8007050F);
    private const int WriteProtected = unchecked((int)0x80070013);
    private const int FileExists = unchecked((int)0x80070050);
    private const int AlreadyExists = unchecked((int)0x800700B7);
    private const int NotADirectory = unchecked((int)0x8007010B);

    /// <summary>The destination's fault that an exception shows.</summary>
    /// <param name="exception">What a file operation threw.</param>
    /// <param name="directory">The destination's directory.</param>
    /// <returns>The fault to throw; <see langword="null"/> if only the one file is concerned, or it is such a fault already.</returns>
    public static DestinationException? From(Exception exception, string directory) => exception switch
    {
        IOException when IsFull(exception.HResult) => new(
            DestinationFailure.Full, $"No space is left in {directory} (or its quota is used up). Free some and run again: what is saved stays saved.", exception),
        UnauthorizedAccessException when !DestinationCheck.IsWritable(directory) => new(
            DestinationFailure.NotWritable, $"{directory} cannot be written: {exception.Message} Check the permissions.", exception),
        DirectoryNotFoundException or FileNotFoundException when !Directory.Exists(directory) => Gone(directory, exception),
        IOException when exception.HResult is ReadOnlyErrno or WriteProtected => new(
            DestinationFailure.NotWritable, $"{directory} is on a read-only device.", exception),
        IOException when exception.HResult is ExistsErrno or NotADirectoryErrno or FileExists or AlreadyExists or NotADirectory => new(
            DestinationFailure.NotWritable, $"In {directory} a file stands where a folder must be: {exception.Message} Move it away.", exception),
        _ => null,
    };

    /// <summary>The fault of a device that has less space than will be needed.</summary>
    public static DestinationException NoSpace(string directory, long neededBytes, long freeBytes) => new(
        DestinationFailure.Full,
        $"{directory} has {freeBytes} bytes free, and saving what is missing needs {neededBytes} or more. Free some and run again (what is saved stays saved), or turn this check off.");

    /// <summary>The fault of a directory that was removed, or whose device was, while a job saved into it.</summary>
    public static DestinationException Gone(string directory, Exception? exception = null) => new(
        DestinationFailure.NotWritable, $"{directory} is not there any more: it was removed, or its device was.", exception);

    /// <summary>The failure of one file that is too large for the file system or a limit of the system; .NET throws an odd exception for it.</summary>
    public static IOException TooLarge(ArgumentOutOfRangeException exception) => new(
        "The file is not allowed to grow to that size: by a limit of the system (ulimit -f), or by its file system (4 GiB on FAT32). Raise the limit, or save elsewhere.", exception);

    /// <summary>The fault of a file that stands where a folder must be.</summary>
    public static DestinationException FileInTheWay(string directory, string file, Exception exception) => new(
        DestinationFailure.NotWritable, $"In {directory} a file stands where a folder must be: {file} Move it away.", exception);

    private static bool IsFull(int hresult) => hresult is DiskFull or HandleDiskFull or DiskQuotaExceeded or NoSpaceErrno or QuotaErrnoLinux
        || (hresult == QuotaErrnoMac && OperatingSystem.IsMacOS());
}
