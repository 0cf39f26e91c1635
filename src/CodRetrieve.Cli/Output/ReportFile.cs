namespace CodRetrieve.Cli.Output;

/// <summary>
/// A file that a command writes beside its work. A regular one is replaced when it is whole, through links; what is something else, such as a pipe, a device or
/// standard output, is written through.
/// </summary>
internal sealed class ReportFile : IDisposable
{
    // Encrypted file systems of home folders allow names of 143 bytes.
    private const int MaxNameLength = 100;
    private const string Partial = ".partial";

    // As many as Linux follows (path_resolution(7)).
    private const int MaxLinks = 40;

    private readonly string? _partial;
    private readonly string? _path;

    private ReportFile(Stream stream, string? partial, string? path) => (Stream, _partial, _path) = (stream, partial, path);

    public Stream Stream { get; }

    /// <summary>Begins the file, in a folder that is made if need be.</summary>
    /// <param name="path">Where.</param>
    /// <param name="what">What is written, for messages: "The report".</param>
    /// <exception cref="DestinationException">It cannot be written there.</exception>
    public static ReportFile Create(string path, string what)
    {
        try
        {
            var full = Path.GetFullPath(path);
            if (OpenStandard(full) is { } standard)
            {
                return new ReportFile(standard, null, null);
            }

            var target = Target(full);
            return Directory.Exists(target) ? throw new IOException($"'{full}' is a folder.")
                : OpenOther(target) is { } other ? new ReportFile(other, null, null)
                : CreatePartial(target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw CannotBeWritten(path, what, e);
        }
    }

    public static DestinationException CannotBeWritten(string path, string what, Exception cause) =>
        new(DestinationFailure.NotWritable, $"{what} '{path}' cannot be written: {cause.Message}", cause);

    /// <summary>Gives the file its name.</summary>
    /// <exception cref="IOException">That is not possible.</exception>
    /// <exception cref="UnauthorizedAccessException">That is not allowed.</exception>
    public void Complete()
    {
        Stream.Flush();
        Stream.Dispose();
        if (_partial is not null)
        {
            File.Move(_partial, _path!, overwrite: true);
        }
    }

    /// <summary>Takes away what was not completed.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (_partial is not null)
        {
            File.Delete(_partial);
        }
    }

    // Which may be a regular file, but is not this program's to replace, and is written where others write it.
    private static Stream? OpenStandard(string path) => path switch
    {
        "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1" => Console.OpenStandardOutput(),
        "/dev/stderr" or "/dev/fd/2" or "/proc/self/fd/2" => Console.OpenStandardError(),
        _ => null,
    };

    // What exists and is no regular file.
    private static FileStream? OpenOther(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (!stream.CanSeek || IsDevice(path))
        {
            return stream;
        }

        stream.Dispose();
        return null;
    }

    // Some devices can be moved in like files: /dev/null.
    private static bool IsDevice(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);

    // Where a link leads to, whether that exists or not.
    private static string Target(string path)
    {
        for (var i = 0; i < MaxLinks && new FileInfo(path).LinkTarget is { } target; i++)
        {
            path = Path.GetFullPath(target, Path.GetDirectoryName(path)!);
        }

        return path;
    }

    private static ReportFile CreatePartial(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var name = Path.GetFileName(path);
        var prefix = $".{(name.Length <= MaxNameLength ? name : name[..MaxNameLength])}.";
        DeleteAbandoned(folder, prefix);
        var partial = Path.Combine(folder, $"{prefix}{Guid.NewGuid().ToString("N")[..8]}{Partial}");
        return new ReportFile(new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0), partial, path);
    }

    // Of runs that were killed: what a living one writes is locked.
    private static void DeleteAbandoned(string folder, string prefix)
    {
        foreach (var file in Directory.EnumerateFiles(folder, $"{prefix}*{Partial}").Where(file => Path.GetFileName(file).StartsWith(prefix, StringComparison.Ordinal)))
        {
            try
            {
                using (new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                    File.Delete(file);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is in use, or somebody else's.
            }
        }
    }
}
