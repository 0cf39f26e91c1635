namespace CodRetrieve.Saving;

/// <summary>What a directory holds of one study, for reading: nothing is made, changed or locked. Safe for several readers at once.</summary>
internal interface ISavedStudy : IDisposable
{
    /// <summary>The study's folder or zip.</summary>
    string Location { get; }

    /// <summary>Why the study as a whole cannot be read, such as a zip that is damaged; <see langword="null"/> where it can.</summary>
    Exception? Fault { get; }

    /// <summary>Whether instances still wait to be put together with the others.</summary>
    bool IsUnfinished { get; }

    /// <summary>Where an instance is, or would be.</summary>
    string LocationOf(InstanceInfo instance);

    /// <summary>Opens what stands in an instance's place.</summary>
    /// <returns>What is there; <see langword="null"/> if nothing is.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="InvalidDataException">It is in a zip, and damaged there.</exception>
    SavedFile? Open(InstanceInfo instance);

    /// <summary>The names of all files of the study, those that no job put there included, but not the unfinished ones of a dead run.</summary>
    /// <returns>Names below the study, with slashes: an instance has <c>{series}/instances/{sop}.dcm</c>.</returns>
    /// <exception cref="IOException">They cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be listed.</exception>
    IEnumerable<SavedName> Names();
}
