using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.IO;

/// <summary>The calls by which bytes are written, become durable and get their name: each may fail late, and tests make them fail.</summary>
internal class FileOperations
{
    /// <summary>The calls of the operating system.</summary>
    public static FileOperations System { get; } = new();

    /// <summary>Whether <see cref="FlushFileSystem"/> can be used.</summary>
    public virtual bool CanFlushFileSystem => OperatingSystem.IsLinux();

    /// <summary>Writes bytes into a file.</summary>
    public virtual ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return RandomAccess.WriteAsync(file, bytes, offset, cancellationToken);
        }

        // Elsewhere .NET writes on another thread of the pool, which blocks just as long.
        Write(file, bytes.Span, offset);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes a few bytes into a file, on the thread of the caller.</summary>
    public virtual void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    /// <summary>Cuts a file off, or extends it.</summary>
    public virtual void SetLength(SafeFileHandle file, long length) => RandomAccess.SetLength(file, length);

    /// <summary>Closes a file, checking the result.</summary>
    public virtual void Close(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            file.Dispose();
        }
        else
        {
            Posix.Close(file, path);
        }
    }

    /// <summary>Gives a file that has no name yet its name.</summary>
    /// <returns><see langword="false"/> if something has the name already.</returns>
    public virtual bool TryLink(SafeFileHandle file, string path)
    {
        Posix.CloseDuplicate(file, path);
        return AnonymousFile.TryLink(file, path);
    }

    public virtual void Move(string from, string to, bool overwrite) => File.Move(from, to, overwrite);

    /// <summary>Makes the bytes of a file durable.</summary>
    public virtual void Flush(SafeFileHandle file, string path) => RandomAccess.FlushToDisk(file);

    /// <summary>Makes the names in a directory durable, where the system does not do so by itself.</summary>
    public virtual void FlushDirectory(string path)
    {
        using var directory = Posix.TryOpenDirectory(path);
        if (directory is not null)
        {
            Posix.Flush(directory, path);
        }
    }

    /// <summary>Makes everything durable that was written to the file system of a directory.</summary>
    public virtual void FlushFileSystem(SafeFileHandle directory, string path) => Posix.FlushFileSystem(directory, path);
}
