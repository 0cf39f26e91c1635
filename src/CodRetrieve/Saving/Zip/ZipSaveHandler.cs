namespace CodRetrieve.Saving;

/// <summary>Saves each study as a zip, <c>{directory}/{study}.zip</c>, with entries <c>{series}/instances/{sop}.dcm</c>.</summary>
/// <remarks>
/// <para>Give it to a job, decorated or not; each job that runs needs one of its own. Safe for calls for different instances at once.</para>
/// <para>A zip is written when its study is complete, and has its name only when it is whole. Until then the instances wait below <c>{directory}/.codretrieve</c>.</para>
/// </remarks>
public sealed class ZipSaveHandler : DirectorySaveHandler
{
    /// <summary>Initializes a new instance of the <see cref="ZipSaveHandler"/> class. Touches nothing on disk.</summary>
    /// <param name="directory">The directory, relative to the current one or not. Created when a job begins.</param>
    /// <param name="options">How to save, copied; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is blank or no path, or an option is outside of its range.</exception>
    public ZipSaveHandler(string directory, SavingOptions? options = null)
        : base(directory, options, static (root, saving) => new ZipLayout(root, saving))
    {
    }
}
