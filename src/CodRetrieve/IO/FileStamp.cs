namespace CodRetrieve.IO;

/// <summary>Tells whether a file that was read is still the same: its length and its time of last write. The default is that of no file.</summary>
/// <param name="Length">Its bytes.</param>
/// <param name="LastWriteUtc">When it was last written.</param>
internal readonly record struct FileStamp(long Length, DateTime LastWriteUtc)
{
    /// <summary>Returns the stamp that a file has now. Taken before the file is read, a change in between is noticed.</summary>
    public static FileStamp Of(string path)
    {
        var info = new FileInfo(path);
        return info.Exists ? new FileStamp(info.Length, info.LastWriteTimeUtc) : default;
    }
}
