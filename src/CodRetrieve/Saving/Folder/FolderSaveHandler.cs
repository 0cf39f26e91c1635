namespace CodRetrieve.Saving;

/// <summary>Saves each instance as a file, by default <c>{directory}/{study}/{series}/instances/{sop}.dcm</c>.</summary>
/// <remarks>
/// <para>Give it to a job, decorated or not; each job that runs needs one of its own. Safe for calls for different instances at once.</para>
/// <para>A file has its name only when it is whole and verified; an instance that is saved again replaces the file by a rename.</para>
/// </remarks>
public sealed class FolderSaveHandler : DirectorySaveHandler
{
    /// <summary>Initializes a new instance of the <see cref="FolderSaveHandler"/> class. Touches nothing on disk.</summary>
    /// <param name="directory">The directory, relative to the current one or not. Created when a job begins.</param>
    /// <param name="options">How to save, copied; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is blank or no path, or an option is outside of its range.</exception>
    public FolderSaveHandler(string directory, SavingOptions? options = null)
        : base(directory, options, CreateLayout)
    {
    }

    /// <summary>How a directory holds files.</summary>
    internal static IStudyLayout CreateLayout(string root, SavingOptions options, InstancePlaces? places) =>
        places is null ? new StudyFolderLayout(root, options) : new PlacedFolderLayout(root, options, places);
}
