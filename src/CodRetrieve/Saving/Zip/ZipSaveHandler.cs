namespace CodRetrieve.Saving;

/// <summary>Saves each study as a zip, <c>{directory}/{study}.zip</c>, with entries <c>{series}/instances/{sop}.dcm</c> by default.</summary>
/// <remarks>
/// <para>Give it to a job, decorated or not; each job that runs needs one of its own. Safe for calls for different instances at once.</para>
/// <para>Instances are written straight into an unfinished zip beside the final one, <c>.{study}.zip.{run}.{random}.partial</c>, which gets its name when the
/// study is complete. What a job leaves unfinished the next one goes on with, after it has read and checked what is there.</para>
/// <para>The zip of a study of which something could not be retrieved says so in an entry <c>INCOMPLETE.txt</c>.</para>
/// </remarks>
public sealed class ZipSaveHandler : DirectorySaveHandler
{
    /// <summary>Initializes a new instance of the <see cref="ZipSaveHandler"/> class. Touches nothing on disk.</summary>
    /// <param name="directory">The directory, relative to the current one or not. Created when a job begins.</param>
    /// <param name="options">How to save, copied; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is blank or no path, or an option is outside of its range.</exception>
    public ZipSaveHandler(string directory, SavingOptions? options = null)
        : base(directory, options, CreateLayout)
    {
    }

    /// <summary>How a directory holds zips.</summary>
    /// <exception cref="ArgumentException">Zips are to be moved to another layout.</exception>
    internal static IStudyLayout CreateLayout(string root, SavingOptions options, InstancePlaces? places) => options.Relayout
        ? throw new ArgumentException($"The entries of zips are not moved to another layout ({nameof(SavingOptions.Relayout)}). Choose another directory.", nameof(options))
        : (options.ZipEncryption as IStudyLayoutFactory)?.Create(root, options, places) ?? new ZipLayout(root, options, places);
}
