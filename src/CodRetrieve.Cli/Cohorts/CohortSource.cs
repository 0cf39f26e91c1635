namespace CodRetrieve.Cli.Cohorts;

/// <summary>
/// A file with a cohort, which is read twice: once to find everything wrong with it before any request, and once to use it. What can be read only once, standard
/// input or a pipe, is copied first: into memory while it is small, else into a file without a name, which goes with the process whatever ends it.
/// </summary>
/// <param name="name">What messages call it.</param>
/// <param name="stream">The content, which can be sought; it is disposed with the source.</param>
internal sealed class CohortSource(string name, Stream stream) : IAsyncDisposable
{
    private const string StandardInput = "-";
    private const int MaxInMemory = 4 << 20;

    /// <summary>What messages call it.</summary>
    public string Name => name;

    /// <summary>Opens a file, or standard input for <c>-</c>.</summary>
    /// <exception cref="IOException">It cannot be read, or not be copied.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static async Task<CohortSource> OpenAsync(string path, Func<Stream> input, CancellationToken cancellationToken)
    {
        var name = path == StandardInput ? "standard input" : path;
        var stream = path == StandardInput ? input() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (path != StandardInput && stream.CanSeek)
        {
            return new CohortSource(name, stream);
        }

        await using var closing = stream.ConfigureAwait(false);
        return new CohortSource(name, await CopyAsync(stream, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The content from its beginning. It is the source's, and one at a time may be in use.</summary>
    public Stream Rewind()
    {
        stream.Position = 0;
        return stream;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private static async Task<Stream> CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        var memory = new MemoryStream();
        var buffer = new byte[1 << 16];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            memory.Write(buffer, 0, count);
            if (memory.Length > MaxInMemory)
            {
                return await CopyToFileAsync(memory, stream, cancellationToken).ConfigureAwait(false);
            }
        }

        return memory;
    }

    private static async Task<Stream> CopyToFileAsync(MemoryStream begun, Stream rest, CancellationToken cancellationToken)
    {
        var file = TemporaryFile.Create();
        try
        {
            begun.WriteTo(file);
            await rest.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
            return file;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
