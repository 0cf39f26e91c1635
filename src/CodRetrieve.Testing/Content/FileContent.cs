namespace CodRetrieve.Testing;

/// <summary>Content of a file on disk, opened for each read and never held open in between.</summary>
/// <remarks>The length is taken once, in the constructor: a file that shrinks afterwards fails the reads beyond its new end.</remarks>
public sealed class FileContent : IObjectContent
{
    /// <summary>Takes the file at <paramref name="path"/> as content.</summary>
    /// <param name="path">A file that exists; a relative path is resolved against the current directory now.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public FileContent(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = System.IO.Path.GetFullPath(path);
        Length = new FileInfo(Path).Length;
    }

    /// <summary>The absolute path of the file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    /// <exception cref="EndOfStreamException">The file has become shorter than <see cref="Length"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ContentRange.Check(this, offset, destination.Length);
        using var handle = File.OpenHandle(Path, share: FileShare.ReadWrite | FileShare.Delete, options: FileOptions.Asynchronous);
        while (!destination.IsEmpty)
        {
            var read = await RandomAccess.ReadAsync(handle, destination, offset, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException("The file is shorter than it was when it became an object.");
            }

            destination = destination[read..];
            offset += read;
        }
    }
}
