using CodRetrieve.Saving;

namespace CodRetrieve.FoDicom;

/// <summary>Saves into a folder that becomes a medium: a <see cref="FolderSaveHandler"/> with <see cref="FolderLayout.Media"/>, which writes <c>DICOMDIR</c> when a job ends.</summary>
/// <remarks>
/// Give it to a job; each job that runs needs one of its own. The DICOMDIR has what is in the folder, by whatever job, also where a job ends early. What a medium does not need is <c>.codretrieve</c> and <c>log.json</c>, by
/// which a later job goes on, and verification works.
/// </remarks>
public sealed class MediaSaveHandler : DelegatingSaveHandler
{
    private readonly string _directory;
    private readonly DicomDirectoryWriter _writer;

    /// <summary>Initializes a new instance of the <see cref="MediaSaveHandler"/> class. Touches nothing on disk.</summary>
    /// <param name="directory">The folder. Created when a job begins.</param>
    /// <param name="options">How to save; <see langword="null"/> for the defaults with <see cref="FolderLayout.Media"/>. Another layout must have names that a File ID can have.</param>
    /// <param name="directoryOptions">How the DICOMDIR is written; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is outside of its range, or the layout is the default one.</exception>
    public MediaSaveHandler(string directory, SavingOptions? options = null, DicomDirectoryOptions? directoryOptions = null)
        : base(new FolderSaveHandler(directory, WithLayout(options)))
    {
        _directory = Path.GetFullPath(directory);
        _writer = new DicomDirectoryWriter(directoryOptions);
    }

    /// <summary>Gets what was written when the job ended; <see langword="null"/> before, and where there was nothing.</summary>
    public DicomDirectoryResult? Result { get; private set; }

    /// <inheritdoc/>
    public override async ValueTask CloseAsync()
    {
        await base.CloseAsync().ConfigureAwait(false);
        if (Directory.Exists(_directory))
        {
            Result = await _writer.WriteAsync(_directory).ConfigureAwait(false);
        }
    }

    private static SavingOptions WithLayout(SavingOptions? options) =>
        options is null ? new SavingOptions { Layout = FolderLayout.Media }
        : options.Layout.Template == FolderLayout.Default.Template
            ? throw new ArgumentException($"The default layout has names that no DICOMDIR can have. Set {nameof(SavingOptions)}.{nameof(SavingOptions.Layout)} to {nameof(FolderLayout)}.{nameof(FolderLayout.Media)}.", nameof(options))
            : options;
}
