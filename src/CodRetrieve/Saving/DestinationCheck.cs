using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>Finds out before anything is fetched whether a directory can be saved into.</summary>
internal static class DestinationCheck
{
    /// <summary>Makes the directory and writes a probe into it.</summary>
    /// <param name="path">The directory, relative or not; need not exist.</param>
    /// <returns>Its full path.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is blank or holds characters that no path has.</exception>
    /// <exception cref="DestinationException">It cannot be made or written, or is full.</exception>
    public static string PrepareDirectory(string path)
    {
        var directory = FullPath(path);
        try
        {
            Directory.CreateDirectory(directory);
            Probe(directory);
            return directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw DestinationErrors.From(e, directory)
                ?? new DestinationException(DestinationFailure.NotWritable, $"{directory} cannot be made or written: {e.Message}", e);
        }
    }

    /// <summary>Whether files can be created in a directory.</summary>
    public static bool IsWritable(string directory)
    {
        try
        {
            Probe(directory);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // A name of its own each time: several processes may look at once.
    private static void Probe(string directory)
    {
        var probe = Path.Combine(directory, PartialName.Create("probe", PartialName.NewId()));
        using var stream = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        stream.WriteByte(0);
        stream.Flush();
    }

    /// <summary>The full path of a directory that is only read; makes and writes nothing.</summary>
    /// <exception cref="ArgumentException"><paramref name="path"/> is blank or holds characters that no path has.</exception>
    /// <exception cref="DestinationException">It is a file.</exception>
    public static string ExistingDirectory(string path)
    {
        var directory = FullPath(path);
        return File.Exists(directory)
            ? throw new DestinationException(DestinationFailure.NotWritable, $"{directory} is a file, and not a folder of studies.")
            : directory;
    }

    /// <summary>The full path of a directory that a user named.</summary>
    /// <exception cref="ArgumentException"><paramref name="path"/> is blank or holds characters that no path has.</exception>
    public static string FullPath(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return path.AsSpan().IndexOfAny(Path.GetInvalidPathChars()) >= 0
            ? throw new ArgumentException("The path holds a character that no path has.", nameof(path))
            : Path.GetFullPath(path);
    }
}
