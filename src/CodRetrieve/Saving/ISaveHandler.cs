namespace CodRetrieve.Saving;

/// <summary>Where verified instances go. Implement it to save them somewhere else than in a folder or in zips.</summary>
/// <remarks>
/// <para>A job makes calls for different instances at the same time, up to <see cref="CodDownloadOptions.MaxConnections"/>; never two for
/// one instance at once. For each series <see cref="FindSavedAsync"/> comes first, and for each study <see cref="CompleteStudyAsync"/>
/// last. A handler that wants to know when the job begins and ends implements <see cref="ISaveHandlerLifecycle"/>, too.</para>
/// <para>What a call throws fails its instance (or its series, or its study) and nothing else, except for a
/// <see cref="DestinationException"/>, which stops the job: throw it when no further instance can be saved.</para>
/// <para>The job does not dispose a handler that you give.</para>
/// </remarks>
public interface ISaveHandler
{
    /// <summary>Returns which instances of a series the destination already holds, whole. They are not fetched.</summary>
    /// <param name="series">The series with its instances.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>The instances. May be asked for more than once: for statistics, before the job begins, and again when it runs.</returns>
    ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken);

    /// <summary>Saves one instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="content">
    /// Its bytes, readable forward and asynchronously, valid until the call returns and not to be disposed. It ends (a read gives 0) only after
    /// size and CRC32C matched; before that a read throws when the bytes are wrong or do not arrive. So read to the end before you
    /// make anything visible, and let the exception pass: the job fetches the instance again where that may help, with a new call.
    /// </param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>Where the instance is now, for display: a path or another name, which holds no secret. Not <see langword="null"/>.</returns>
    ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken);

    /// <summary>Called once for each study that exists, when nothing of it is left to save; not for those of a stopped job.</summary>
    /// <param name="study">The study.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>A task that ends when the study is closed.</returns>
    ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken);
}
