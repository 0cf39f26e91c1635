namespace CodRetrieve.Storage;

/// <summary>
/// A bucket that was copied to a folder: every object is a file whose path below the folder is the object's name.
/// </summary>
/// <remarks>A file's generation is made of its time of change and its size, so that one replaced during a job is noticed.</remarks>
internal sealed class DirectoryObjectStore(string root) : IObjectStore
{
    // As many as Cloud Storage gives.
    private const int PageSize = 1000;

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    // The listing that is likely to go on next: without it each page of a large folder would read the folder again.
    private OpenListing? _open;

    /// <summary>The prefix of a store whose folder was given with or without its last part.</summary>
    public static string? PrefixIn(string folder) =>
        !Directory.Exists(Path.Combine(folder, "studies")) && Directory.Exists(Path.Combine(folder, "dicomweb", "studies")) ? "dicomweb" : null;

    public string GetUri(string objectName) => new Uri(Path.Combine(_root, objectName)).AbsoluteUri;

    public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) =>
        ListFromAsync(prefix, "", pageToken, cancellationToken);

    // A page token is the last name of its page.
    public Task<ObjectListPage> ListFromAsync(string prefix, string startOffset, string? pageToken, CancellationToken cancellationToken)
    {
        // Only the folder that the prefix lies in is looked at, not the whole store.
        var folderName = prefix[..(prefix.LastIndexOf('/') + 1)];
        var folder = PathOf(folderName);
        if (!Directory.Exists(folder))
        {
            return Task.FromResult(new ObjectListPage([], [], null));
        }

        try
        {
            var key = (prefix, pageToken);
            var open = Interlocked.Exchange(ref _open, null) is { } kept && kept.Key == key
                ? kept.Files
                : DirectoryEnumerator.Files(folder, folderName, prefix, pageToken is null ? startOffset : pageToken + '\0').GetEnumerator();
            var items = new List<ObjectInfo>();
            while (items.Count < PageSize && open.MoveNext())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (AsItem(new FileInfo(open.Current.Path), open.Current.Name) is { } item)
                {
                    items.Add(item);
                }
            }

            if (items.Count < PageSize)
            {
                return Task.FromResult(new ObjectListPage(items, [], null));
            }

            _open = new OpenListing((prefix, items[^1].Name), open);
            return Task.FromResult(new ObjectListPage(items, [], items[^1].Name));
        }
        catch (Exception e) when (AsFailure(e, prefix) is { } failure)
        {
            throw failure;
        }
    }

    public Task<ObjectContent> OpenReadAsync(string objectName, long? generation, ByteRange? range, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        FileStream? stream = null;
        try
        {
            var file = new FileInfo(PathOf(objectName));
            stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
            if (generation is { } pinned && pinned != GenerationOf(file))
            {
                throw new ObjectStoreException(ObjectStoreFailure.Changed, $"{GetUri(objectName)}: the file was replaced since it was listed.");
            }

            var size = stream.Length;
            var start = range?.Start ?? 0;
            if (start > size || (start == size && range is not null))
            {
                throw new ObjectStoreException(ObjectStoreFailure.RangeNotSatisfiable, $"{GetUri(objectName)}: the range {range} lies outside the file of {size} bytes.");
            }

            stream.Position = start;
            return Task.FromResult(new ObjectContent(stream, start) { LengthBytes = size - start, ObjectSizeBytes = size, Generation = generation });
        }
        catch (Exception e)
        {
            stream?.Dispose();
            throw AsFailure(e, objectName) ?? e;
        }
    }

    // A file that vanishes while the folder is listed is not in the listing, like an object deleted at that moment.
    private static ObjectInfo? AsItem(FileInfo file, string name)
    {
        try
        {
            return new ObjectInfo { Name = name, SizeBytes = file.Length, Generation = GenerationOf(file), UpdatedAt = new DateTimeOffset(file.LastWriteTimeUtc) };
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static long GenerationOf(FileInfo file) => unchecked((file.LastWriteTimeUtc.Ticks * 31) + file.Length) & long.MaxValue;

    private string PathOf(string objectName)
    {
        var path = Path.GetFullPath(Path.Combine(_root, objectName));
        // The root of a drive ends in its separator already.
        var below = Path.EndsInDirectorySeparator(_root) ? _root : _root + Path.DirectorySeparatorChar;
        return path == _root || path.StartsWith(below, StringComparison.Ordinal)
            ? path
            : throw new ObjectStoreException(ObjectStoreFailure.Rejected, "An object's name leads out of the store's folder.");
    }

    private ObjectStoreException? AsFailure(Exception exception, string objectName) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => new(ObjectStoreFailure.NotFound, $"{GetUri(objectName)}: there is no such file.", exception),
        // Not "forbidden", which would end the job: the rights of one file say nothing about the others.
        UnauthorizedAccessException => new(ObjectStoreFailure.Rejected, $"{GetUri(objectName)}: the file may not be read by this user.", exception),
        IOException => new(ObjectStoreFailure.Unavailable, $"{GetUri(objectName)}: the file cannot be read.", exception),
        _ => null,
    };

    /// <summary>A listing between two pages. It holds names, and nothing open.</summary>
    private sealed record OpenListing((string Prefix, string? PageToken) Key, IEnumerator<(string Name, string Path)> Files);
}
