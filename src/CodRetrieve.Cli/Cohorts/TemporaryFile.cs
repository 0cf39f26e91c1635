namespace CodRetrieve.Cli.Cohorts;

/// <summary>Files without a name, which go with the process whatever ends it.</summary>
internal static class TemporaryFile
{
    private const int BufferSize = 1 << 16;

    public static FileStream Create()
    {
        var path = Path.Combine(Path.GetTempPath(), $"cod-retrieve-{Guid.NewGuid():N}.tmp");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete, Options = FileOptions.DeleteOnClose, BufferSize = BufferSize };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        if (!OperatingSystem.IsWindows())
        {
            // Windows takes the name away itself; elsewhere it would stay behind a process that is killed.
            File.Delete(path);
        }

        return file;
    }
}
