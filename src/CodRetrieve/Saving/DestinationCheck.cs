using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>Finds out before anything is fetched whether a directory can be saved into.</summary>
internal static class DestinationCheck
{
    private const string ProbeName = "probe";

    /// <summary>Makes the directory and writes a probe into it.</summary>
    /// <param name="path">The directory, relative or not; need not exist.</param>
    /// <returns>Its full path.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is blank or holds characters that no path has.</exception>
    /// <exception cref="DestinationException">It cannot be made or written, is full, or is a file.</exception>
    public static string PrepareDirectory(string path)
    {
        var directory = ExistingDirectory(path);
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

    /// <summary>Makes sure that nothing is saved into the store that it comes from.</summary>
    /// <param name="directory">The full path of the destination.</param>
    /// <param name="store">The full path of the folder that holds the store.</param>
    /// <exception cref="DestinationException">One is in the other, or both are the same.</exception>
    public static void ThrowIfInStore(string directory, string store)
    {
        var (destination, source) = (RealPath(directory), RealPath(store));
        if (destination == source || destination.StartsWith(source + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new DestinationException(DestinationFailure.NotWritable, $"{directory} is in the store itself ({store}). Give a directory outside of it.");
        }
    }

    // Links on the way are followed, as far as there is something.
    private static string RealPath(string path)
    {
        var root = Path.GetPathRoot(path)!;
        var real = root;
        foreach (var part in path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            real = Directory.Exists(real) ? Directory.ResolveLinkTarget(real, returnFinalTarget: true)?.FullName ?? real : real;
        }

        return real;
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

    /// <summary>Deletes the probes that processes left in a directory which were killed while they tried to write there.</summary>
    public static void DeleteLeftProbes(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory, $".{ProbeName}.*{PartialName.Extension}"))
        {
            // One that is in use right now loses nothing with its name.
            if (PartialName.TryParse(Path.GetFileName(path), out var name, out _) && name == ProbeName)
            {
                _ = WholeFile.TryDelete(path);
            }
        }
    }

    // A name of its own each time: several processes may look at once.
    private static void Probe(string directory)
    {
        var probe = Path.Combine(directory, PartialName.Create(ProbeName, PartialName.NewId()));
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
