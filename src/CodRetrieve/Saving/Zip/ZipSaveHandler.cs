namespace CodRetrieve.Saving;

/// <summary>Saves each study as <c>{directory}/{study}.zip</c> with entries <c>{series}/instances/{sop}.dcm</c>.</summary>
/// <remarks>Until a study is complete its instances wait as files below <c>.codretrieve/staging</c>, so that a crash loses none of them.</remarks>
internal sealed class ZipSaveHandler : Destination
{
    private readonly InstanceDirectory _staging;
    private readonly ZipDirectory _zips;

    /// <summary>Makes a handler; touches nothing yet.</summary>
    /// <param name="directory">The directory, relative or not.</param>
    /// <param name="options">How files and zips are written.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is blank or no path.</exception>
    public ZipSaveHandler(string directory, SavingOptions options)
        : base(directory, options)
    {
        _staging = new InstanceDirectory(StatePaths.Staging(Root), Root, options);
        _zips = new ZipDirectory(Root, options);
    }

    /// <inheritdoc/>
    public override long BytesCarriedOver(string studyInstanceUid) =>
        new FileInfo(_zips.PathOf(studyInstanceUid)) is { Exists: true } zip ? zip.Length : 0;

    protected override HashSet<string> FindOnDisk(SeriesInfo series, bool sweep, CancellationToken cancellationToken)
    {
        var saved = _staging.FindSaved(series, sweep, cancellationToken);
        try
        {
            saved.UnionWith(_zips.FindSaved(series, keepDamaged: sweep, cancellationToken));
            return saved;
        }
        catch (Exception e) when (DestinationErrors.From(e, Root) is { } fault)
        {
            throw fault;
        }
    }

    protected override async ValueTask<string> WriteAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        await _staging.SaveAsync(instance, content, cancellationToken).ConfigureAwait(false);
        return _zips.LocationOf(instance);
    }

    protected override async ValueTask CompleteOnDiskAsync(StudyInfo study, CancellationToken cancellationToken)
    {
        var studyInstanceUid = study.StudyInstanceUid;
        string? problem = null;
        try
        {
            var staged = _staging.FilesOf(studyInstanceUid);
            if (staged.Count > 0)
            {
                problem = await _zips.WriteAsync(studyInstanceUid, staged, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (DestinationErrors.From(e, Root) is { } fault)
        {
            throw fault;
        }

        DeleteStaging(studyInstanceUid);
        if (problem is not null)
        {
            throw new CodRetrieveException(problem);
        }
    }

    // Once as a staged file and once in the zip; what is staged, or carried over from an earlier zip, needs its second place still.
    protected override long SpaceNeeded(long bytesToSave, long bytesWaiting) => (2 * bytesToSave) + bytesWaiting;

    protected override void SweepStudy(string studyInstanceUid)
    {
        _staging.SweepStudy(studyInstanceUid);
        _zips.SweepStudy(studyInstanceUid);
    }

    private void DeleteStaging(string studyInstanceUid)
    {
        var folder = _staging.StudyFolder(studyInstanceUid);
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SavingLogMessages.StagingNotDeleted(Options.Logger, e, folder);
        }
    }
}
