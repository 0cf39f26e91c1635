namespace CodRetrieve.Saving;

/// <summary>Whom the locks of the operating system keep out of a directory.</summary>
internal enum LockScope
{
    /// <summary>Nobody: the file system takes every lock.</summary>
    Nobody,

    /// <summary>The processes of this machine, and perhaps not those of others that mount the same directory.</summary>
    Machine,

    /// <summary>Everybody: the directory is on a device of this machine, or its server keeps the locks.</summary>
    Everybody,
}
