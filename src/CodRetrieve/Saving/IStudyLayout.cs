namespace CodRetrieve.Saving;

/// <summary>How a directory holds the instances of its studies: as files, or in one zip per study. Safe for calls for different instances at once.</summary>
internal interface IStudyLayout
{
    /// <summary>What stands in the places of a series' instances, of whatever size.</summary>
    /// <param name="series">The series.</param>
    /// <param name="session">The job's study; <see langword="null"/> if nothing may be changed.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    FoundInstances Find(SeriesInfo series, StudySession? session, CancellationToken cancellationToken);

    /// <summary>Where an instance is, or will be.</summary>
    string LocationOf(InstanceInfo instance);

    /// <summary>Opens a study for reading.</summary>
    ISavedStudy OpenStudy(string studyInstanceUid);

    /// <summary>Saves an instance.</summary>
    /// <returns>Its location, and its file with the CRC32C of its bytes.</returns>
    ValueTask<(string Location, FoundFile File)> SaveAsync(
        InstanceInfo instance, StudySession session, Stream content, CancellationToken cancellationToken);

    /// <summary>Whether a study that is completed, durable or not, is durable only when the file system is flushed.</summary>
    bool NeedsFileSystemFlush { get; }

    /// <summary>Ends a study.</summary>
    ValueTask CompleteStudyAsync(StudyInfo study, StudySession session, CancellationToken cancellationToken);

    /// <summary>Deletes instances, if they are still what their receipts tell.</summary>
    /// <param name="instances">Their names below the study, <c>{series}/instances/{sop}.dcm</c>.</param>
    /// <param name="session">The study.</param>
    /// <param name="cancellationToken">Ends the deleting.</param>
    /// <returns>Why some are not deleted, by their names.</returns>
    ValueTask<IReadOnlyDictionary<string, Exception>> RemoveAsync(
        IReadOnlyList<string> instances, StudySession session, CancellationToken cancellationToken);

    /// <summary>Deletes the unfinished files of a study that belong to no living run. The UID is a checked name.</summary>
    void CleanUp(string studyInstanceUid, RunMarker run);

    /// <inheritdoc cref="IDiskSpace.BytesCarriedOver"/>
    long BytesCarriedOver(string studyInstanceUid);

    /// <summary>The bytes that saving takes from the device until the end, see <see cref="IDiskSpace.ThrowIfTooSmall"/>.</summary>
    long SpaceNeeded(long bytesToSave, long bytesCarriedOver);
}
