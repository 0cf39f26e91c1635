namespace CodRetrieve.Saving;

/// <summary>How a directory holds the instances of its studies: as files, or in one zip per study. Safe for calls for different instances at once.</summary>
internal interface IStudyLayout
{
    /// <summary>What stands in the places of a series' instances, of whatever size.</summary>
    /// <param name="series">The series.</param>
    /// <param name="session">The job's study; <see langword="null"/> if nothing may be changed.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    Dictionary<string, FoundFile> Find(SeriesInfo series, StudySession? session, CancellationToken cancellationToken);

    /// <summary>Saves an instance.</summary>
    /// <returns>Its location, and its file.</returns>
    ValueTask<(string Location, WrittenFile File)> SaveAsync(
        InstanceInfo instance, StudySession session, Stream content, CancellationToken cancellationToken);

    /// <summary>Ends a study.</summary>
    ValueTask CompleteStudyAsync(StudyInfo study, StudySession session, CancellationToken cancellationToken);

    /// <summary>Deletes the unfinished files of a study that belong to no living run. The UID is a checked name.</summary>
    void CleanUp(string studyInstanceUid, RunMarker run);

    /// <inheritdoc cref="IDiskSpace.BytesCarriedOver"/>
    long BytesCarriedOver(string studyInstanceUid);

    /// <summary>The bytes that saving takes from the device until the end, see <see cref="IDiskSpace.ThrowIfTooSmall"/>.</summary>
    long SpaceNeeded(long bytesToSave, long bytesCarriedOver);
}
