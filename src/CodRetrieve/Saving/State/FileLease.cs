using System.Text;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// Stands for a lock where those of the operating system mean nothing: a file that only one run can create, with the name of the run. It is taken over when
/// that shows no sign of life. Two may hold it when a run was suspended for long: that costs fetching something twice, and no wrong byte.
/// </summary>
internal sealed class FileLease : IDisposable
{
    private const int MaxBytes = 64;
    private const int ExistsUnix = 17;
    private const int ExistsWindows = unchecked((int)0x80070050);

    private readonly string _path;
    private readonly string _owner;

    private FileLease(string path, string owner) => (_path, _owner) = (path, owner);

    /// <summary>Takes the lease without waiting.</summary>
    /// <param name="path">The lease's file.</param>
    /// <param name="owner">The run.</param>
    /// <param name="watch">Tells whether another run lives.</param>
    /// <returns>The lease; <see langword="null"/> if another run has it.</returns>
    /// <exception cref="IOException">The file cannot be created or read, or is a link.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be created or read.</exception>
    public static FileLease? TryTake(string path, string owner, RunWatch watch)
    {
        if (SymbolicLink.Is(path))
        {
            throw new IOException($"{path} is a symbolic link, which is not followed. Remove it.");
        }

        if (!TryCreate(path, owner))
        {
            if (TryRead(path) is not { } holder || !IsLeft(path, holder, watch) || !TryRemove(path, holder, owner) || !TryCreate(path, owner))
            {
                return null;
            }
        }

        return new FileLease(path, owner);
    }

    /// <summary>Gives the lease up, unless another run has taken it over.</summary>
    public void Dispose()
    {
        try
        {
            if (TryRead(_path) == _owner)
            {
                WholeFile.TryDelete(_path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays until this run counts as silent.
            return;
        }
    }

    // A run that dies between creating the file and writing its name leaves it without one.
    private static bool IsLeft(string path, string holder, RunWatch watch) =>
        PartialName.IsId(holder) ? watch.Of(holder) != Liveness.Alive : watch.StoodStill(path, holder);

    private static bool TryCreate(string path, string owner)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(owner), 0);
            return true;
        }
        catch (IOException e) when (e.HResult is ExistsUnix or ExistsWindows)
        {
            return false;
        }
    }

    // Only one succeeds in renaming the file; and if another run had taken the lease just before, it gets it back.
    private static bool TryRemove(string path, string holder, string owner)
    {
        var removed = Path.Combine(Path.GetDirectoryName(path)!, PartialName.Create(Path.GetFileName(path), owner));
        try
        {
            File.Move(path, removed, overwrite: false);
            if (TryRead(removed) != holder)
            {
                File.Move(removed, path, overwrite: false);
                return false;
            }

            WholeFile.TryDelete(removed);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException || File.Exists(path))
        {
            WholeFile.TryDelete(removed);
            return false;
        }
    }

    private static string? TryRead(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[MaxBytes];
            return Encoding.ASCII.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
