using CodRetrieve.IO;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>Writes into files of a destination, and tells the faults that end all saving.</summary>
/// <param name="files">How files are written.</param>
/// <param name="directory">The destination's directory.</param>
internal sealed class DestinationWriter(FileOperations files, string directory)
{
    private readonly WriterThreads _threads = new(files);

    /// <inheritdoc cref="WriterThreads.WriteAsync"/>
    /// <exception cref="DestinationException">No further instance can be saved.</exception>
    /// <exception cref="IOException">The file cannot be written, or not be so large.</exception>
    public async ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken)
    {
        try
        {
            await _threads.WriteAsync(file, bytes, offset, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw DestinationErrors.TooLarge(e);
        }
    }

    /// <inheritdoc cref="FileOperations.Write"/>
    /// <exception cref="DestinationException">No further instance can be saved.</exception>
    /// <exception cref="IOException">The file cannot be written, or not be so large.</exception>
    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            files.Write(file, bytes, offset);
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw DestinationErrors.TooLarge(e);
        }
    }

    /// <inheritdoc cref="FileOperations.SetLength"/>
    /// <exception cref="DestinationException">No further instance can be saved.</exception>
    public void SetLength(SafeFileHandle file, long length)
    {
        try
        {
            files.SetLength(file, length);
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>Throws if a file that is being written has lost its name: what is written into it is nowhere.</summary>
    /// <exception cref="DestinationException">The directory is gone.</exception>
    /// <exception cref="IOException">Only the file is.</exception>
    public void ThrowIfGone(string path)
    {
        if (!File.Exists(path))
        {
            throw Directory.Exists(directory)
                ? new IOException($"{path} was removed while it was written. Run again to fetch what it held.")
                : DestinationErrors.Gone(directory);
        }
    }
}
