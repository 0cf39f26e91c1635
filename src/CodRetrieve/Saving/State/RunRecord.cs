using System.Globalization;
using System.Text;
using CodRetrieve.Catalog;
using CodRetrieve.IO;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>
/// What stands in the marker of a run behind the header of the lock: a counter that the run advances as long as it lives, its process, and the studies that it
/// works on, each in a line.
/// </summary>
/// <param name="Beat">The counter.</param>
/// <param name="Process">The process; <see langword="null"/> if it is not known.</param>
internal sealed record RunRecord(ulong Beat, ProcessIdentity? Process)
{
    /// <summary>Where the counter stands.</summary>
    public const int BeatOffset = FileLock.HeaderBytes;

    private const int BeatBytes = 17;
    private const int IdentityOffset = BeatOffset + BeatBytes;
    private const int MaxIdentityBytes = 512;
    private const string HolderStart = "process ";

    // Some 200,000 studies: what is behind that is cleaned up when a job saves into the study again.
    private const long MaxBytes = 16 * 1024 * 1024;

    /// <summary>The bytes of the counter.</summary>
    public static byte[] BeatLine(ulong beat) => Encoding.ASCII.GetBytes($"{beat:x16}\n");

    /// <summary>The bytes that a run begins with, behind the header.</summary>
    public static byte[] Begin() => [.. BeatLine(0), .. Encoding.ASCII.GetBytes($"{ProcessIdentity.TryGetCurrent()?.ToString() ?? "-"}\n{Holder()}\n")];

    /// <summary>Reads the first bytes of a file that another run may have locked.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string ReadStart(string path, int count)
    {
        using var file = Open(path);
        var bytes = new byte[count];
        return Encoding.ASCII.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
    }

    /// <summary>Reads who the run is, for people; <see langword="null"/> where that is not known.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string? TryReadHolder(string path)
    {
        using var file = Open(path);
        var lines = Lines(file, IdentityOffset, MaxIdentityBytes);
        return lines.Length >= 3 && lines[1].StartsWith(HolderStart, StringComparison.Ordinal) ? lines[1] : null;
    }

    /// <summary>Reads counter and process; <see langword="null"/> for what is no marker.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static RunRecord? TryRead(string path)
    {
        using var file = Open(path);
        var lines = Lines(file, BeatOffset, BeatBytes + MaxIdentityBytes);
        return lines.Length >= 2 && ulong.TryParse(lines[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var beat)
            ? new RunRecord(beat, ProcessIdentity.TryParse(lines[1]))
            : null;
    }

    /// <summary>Reads the studies.</summary>
    public static List<string> ReadStudies(SafeFileHandle file)
    {
        // Anyone may have written the file, and each line becomes a path.
        var lines = Lines(file, IdentityOffset, MaxBytes);
        return [.. lines.Skip(1).Where(line => SafeUid.IsSafe(line))];
    }

    // Has spaces, so that it is no study.
    private static string Holder() => new([.. $"{HolderStart}{Environment.ProcessId} of {Environment.UserName} on {Environment.MachineName}".Select(c => c is >= ' ' and < (char)0x7F ? c : '?')]);

    // Elsewhere than on Windows .NET takes a lock with each file that it opens, and the run has one.
    private static SafeFileHandle Open(string path) => OperatingSystem.IsWindows()
        ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
        : Posix.TryOpenFile(path) ?? throw new FileNotFoundException("The run has ended.", path);

    private static string[] Lines(SafeFileHandle file, int offset, long maxBytes)
    {
        var bytes = new byte[Math.Clamp(RandomAccess.GetLength(file) - offset, 0, maxBytes)];
        var count = RandomAccess.Read(file, bytes, offset);
        return Encoding.ASCII.GetString(bytes, 0, count).Split('\n');
    }
}
