using System.IO.Compression;
using CodRetrieve.IO;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Saving;

/// <summary>How a <see cref="FolderSaveHandler"/> or a <see cref="ZipSaveHandler"/> saves.</summary>
/// <remarks>Copied when the handler is created; later changes have no effect on it. Not safe for use by several threads.</remarks>
public sealed class SavingOptions
{
    /// <summary>
    /// Gets or sets how the entries of zips are compressed. Default <see cref="CompressionLevel.NoCompression"/>: stored, at the speed of the disk.
    /// </summary>
    public CompressionLevel CompressionLevel { get; set; } = CompressionLevel.NoCompression;

    /// <summary>
    /// Gets or sets how zips are encrypted: <c>AesZipEncryption</c> of the package <c>CodRetrieve.SharpZipLib</c>. Default <see langword="null"/>: not at all.
    /// </summary>
    public ZipEncryption? ZipEncryption { get; set; }

    /// <summary>
    /// Gets or sets what changes instances between their verification and their saving. Default <see langword="null"/>: nothing, they are saved as the store has them. What was made by it can be continued with
    /// one only.
    /// </summary>
    public IInstanceTransform? Transform { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether an instance that is named in <c>log.json</c> counts as saved though it is not there. Default
    /// <see langword="false"/>.
    /// </summary>
    public bool TrustSavedLog { get; set; }

    /// <summary>Gets or sets what happens to an instance that is there already. Default <see cref="ExistingFilePolicy.VerifyAndReplace"/>.</summary>
    public ExistingFilePolicy ExistingFilePolicy { get; set; } = ExistingFilePolicy.VerifyAndReplace;

    /// <summary>Gets or sets when what is saved is made durable. Default <see cref="Durability.Study"/>.</summary>
    public Durability Durability { get; set; } = Durability.Study;

    /// <summary>
    /// Gets or sets which time saved files, and the entries of zips, get. Default <see cref="FileTimes.Saved"/>. Files that are there already keep theirs.
    /// </summary>
    public FileTimes FileTimes { get; set; }

    /// <summary>Gets or sets where instances are put below the directory, or in the zip of their study. Default <see cref="FolderLayout.Default"/>.</summary>
    public FolderLayout Layout { get; set; } = FolderLayout.Default;

    /// <summary>
    /// Gets or sets a value indicating whether files that were saved in another <see cref="Layout"/> are moved to where this one has them, when their studies are saved again. Default
    /// <see langword="false"/>: another layout is an error. Zips are not moved.
    /// </summary>
    public bool Relayout { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether folders and files below the directory may be symbolic links. Default <see langword="false"/>: a link
    /// is not followed, since it may lead out of the directory. The directory itself may always be one; in its <c>.codretrieve</c> none is followed.
    /// </summary>
    public bool AllowSymbolicLinks { get; set; }

    /// <summary>Gets or sets a value indicating whether a job compares the space needed with the space free. Default <see langword="true"/>.</summary>
    public bool CheckFreeSpace { get; set; } = true;

    /// <summary>Gets or sets the factory of the loggers. Default: nothing is logged.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Gets or sets the clock of waits. Default <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Whether small files have no name until they are whole, where the system can do so.</summary>
    internal bool AnonymousFiles { get; set; } = true;

    /// <summary>How files get their names.</summary>
    internal FileOperations Files { get; set; } = FileOperations.System;

    /// <summary>Returns the free bytes of a directory's file system.</summary>
    internal Func<string, long?> FreeSpace { get; set; } = IO.FreeSpace.In;

    /// <summary>Whether the system's other programs do not read paths of more than 260 characters.</summary>
    internal bool HasShortPaths { get; set; } = LongPaths.AreOff();

    /// <summary>The present boot of the system; <see langword="null"/> where it is not known.</summary>
    internal UInt128? BootId { get; set; } = IO.BootId.TryRead();

    /// <summary>Whom locks keep out of the directory; <see langword="null"/> to find out.</summary>
    internal LockScope? LockScope { get; set; }

    /// <summary>The time that what is saved of a series gets, in UTC; <see langword="null"/> for that of the writing.</summary>
    internal DateTime? TimeOf(SeriesInfo series) => FileTimes switch
    {
        FileTimes.Tar => series.TarUpdatedAt?.UtcDateTime,
        FileTimes.Index => series.IndexUpdatedAt?.UtcDateTime,
        _ => null,
    };

    /// <summary>Whether each file is made durable before it gets its name.</summary>
    internal bool FlushesEachFile => Durability == Durability.Instance || (Durability == Durability.Study && !Files.CanFlushFileSystem);

    /// <summary>Throws if links are not allowed and a path below a directory leads through one.</summary>
    /// <exception cref="IOException">It does.</exception>
    internal void ThrowIfLink(string directory, string path)
    {
        if (!AllowSymbolicLinks)
        {
            IO.SymbolicLink.ThrowIfBelow(directory, path);
        }
    }

    internal ILogger Logger { get; private set; } = NullLogger.Instance;

    internal SavingOptions Validated()
    {
        ArgumentNullException.ThrowIfNull(LoggerFactory);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentNullException.ThrowIfNull(Layout);
        Layout.Validated();
        TransformIdentity.Of(Transform);
        OptionCheck.ThrowIfNotDefined(CompressionLevel, nameof(CompressionLevel));
        OptionCheck.ThrowIfNotDefined(ExistingFilePolicy, nameof(ExistingFilePolicy));
        OptionCheck.ThrowIfNotDefined(Durability, nameof(Durability));
        OptionCheck.ThrowIfNotDefined(FileTimes, nameof(FileTimes));
        var copy = (SavingOptions)MemberwiseClone();
        copy.Logger = LoggerFactory.CreateLogger<ISaveHandler>();
        return copy;
    }
}
