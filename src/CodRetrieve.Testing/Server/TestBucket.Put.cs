namespace CodRetrieve.Testing;

public sealed partial class TestBucket
{
    /// <summary>Puts an object held in memory.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="content">The bytes as stored; not copied.</param>
    /// <param name="contentType">The media type; null for <c>application/octet-stream</c>.</param>
    /// <param name="contentEncoding"><c>gzip</c> when the bytes are compressed; null otherwise.</param>
    /// <returns>The object under its new generation.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public TestObject Put(string name, ReadOnlyMemory<byte> content, string? contentType = null, string? contentEncoding = null) =>
        Put(name, new MemoryContent(content), Options(contentType, contentEncoding));

    /// <summary>Puts an object whose bytes stay in a file; it must keep its length while the object is in use.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="path">The file.</param>
    /// <param name="contentType">The media type; null for <c>application/octet-stream</c>.</param>
    /// <param name="contentEncoding"><c>gzip</c> when the bytes are compressed; null otherwise.</param>
    /// <returns>The object under its new generation.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public TestObject PutFile(string name, string path, string? contentType = null, string? contentEncoding = null) =>
        Put(name, new FileContent(path), Options(contentType, contentEncoding));

    /// <summary>Puts every file below a directory as a file-backed object, named by its relative path with <c>/</c>.</summary>
    /// <remarks>A <c>metadata.json</c> or <c>.gradient.lock</c> that begins with the gzip magic gets the content encoding <c>gzip</c>, as
    /// the COD
    /// writer stores it. Media types follow the file names.</remarks>
    /// <param name="directory">The directory.</param>
    /// <param name="prefix">What the names begin with; a missing <c>/</c> at its end is added. Empty by default.</param>
    /// <returns>The number of objects put.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public int PutDirectory(string directory, string prefix = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(prefix);
        prefix = CodNames.Folder(prefix);
        var count = 0;
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };
        foreach (var path in Directory.EnumerateFiles(directory, "*", everything))
        {
            var relative = Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/');
            var encoding = CodNames.IsPackedByWriter(relative) && IsGzip(path) ? "gzip" : null;
            PutFile(prefix + relative, path, CodNames.ContentType(relative), encoding);
            count++;
        }

        return count;
    }

    private static TestObjectOptions Options(string? contentType, string? contentEncoding)
    {
        var options = TestObjectOptions.Default with { ContentEncoding = contentEncoding };
        return contentType is null ? options : options with { ContentType = contentType };
    }

    private static bool IsGzip(string path)
    {
        Span<byte> magic = stackalloc byte[2];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length && magic is [0x1F, 0x8B];
    }
}
