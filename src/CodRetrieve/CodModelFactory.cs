namespace CodRetrieve;

/// <summary>
/// Creates models and event data for unit tests of code that uses them, such as a save handler or a handler of <see cref="Job.Saved"/>. The library
/// itself never needs it. All members are safe for use by several threads.
/// </summary>
public static class CodModelFactory
{
    /// <summary>Creates a series whose instances refer to it.</summary>
    /// <param name="studyInstanceUid">The Study Instance UID.</param>
    /// <param name="seriesInstanceUid">The Series Instance UID.</param>
    /// <param name="tarUri">The URI of the tar; <see langword="null"/> for one in a bucket named <c>bucket</c>.</param>
    /// <param name="instances">The SOP Instance UID, the size in bytes and the CRC32C of each instance.</param>
    /// <param name="tarGeneration">The generation of the tar.</param>
    /// <returns>The series.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="studyInstanceUid"/> or <paramref name="seriesInstanceUid"/> is <see langword="null"/>.</exception>
    public static SeriesInfo Series(
        string studyInstanceUid,
        string seriesInstanceUid,
        string? tarUri = null,
        IEnumerable<(string SopInstanceUid, long? SizeBytes, uint? Crc32c)>? instances = null,
        long? tarGeneration = null)
    {
        ArgumentNullException.ThrowIfNull(studyInstanceUid);
        ArgumentNullException.ThrowIfNull(seriesInstanceUid);
        var list = new List<InstanceInfo>();
        var series = new SeriesInfo
        {
            StudyInstanceUid = studyInstanceUid,
            SeriesInstanceUid = seriesInstanceUid,
            TarUri = tarUri ?? $"gs://bucket/dicomweb/studies/{studyInstanceUid}/series/{seriesInstanceUid}.tar",
            TarGeneration = tarGeneration,
            Instances = list,
        };
        list.AddRange((instances ?? []).Select(instance => new InstanceInfo
        {
            Series = series,
            SopInstanceUid = instance.SopInstanceUid,
            SizeBytes = instance.SizeBytes,
            Crc32c = instance.Crc32c,
        }));
        return series;
    }

    /// <summary>Creates the statistics of one series.</summary>
    /// <param name="series">The series.</param>
    /// <param name="wanted">The instances that are not saved; <see langword="null"/> for all.</param>
    /// <param name="modality">The modality.</param>
    /// <param name="seriesDescription">The series description.</param>
    /// <param name="tarBytes">The bytes of the tar.</param>
    /// <param name="problem">Why nothing can be retrieved. Default <see cref="SeriesProblem.None"/>.</param>
    /// <param name="problemCause">Its cause.</param>
    /// <returns>The statistics.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="series"/> is <see langword="null"/>.</exception>
    public static SeriesStats SeriesStats(
        SeriesInfo series,
        IReadOnlyList<InstanceInfo>? wanted = null,
        string? modality = null,
        string? seriesDescription = null,
        long? tarBytes = null,
        SeriesProblem problem = SeriesProblem.None,
        CodRetrieveException? problemCause = null)
    {
        ArgumentNullException.ThrowIfNull(series);
        wanted ??= series.Instances;
        var (total, missing) = (series.Instances.Sum(one => one.SizeBytes ?? 0), wanted.Sum(one => one.SizeBytes ?? 0));
        return new SeriesStats(series)
        {
            Modality = modality,
            SeriesDescription = seriesDescription,
            TarBytes = tarBytes,
            InstancesTotal = series.Instances.Count,
            InstancesSaved = series.Instances.Count - wanted.Count,
            BytesTotal = total,
            BytesSaved = total - missing,
            InstancesWanted = wanted.Count,
            Wanted = wanted,
            IsSaved = wanted.Count == 0 && problem == SeriesProblem.None,
            Problem = problem,
            ProblemCause = problemCause,
            EntryProblems = [],
            Warnings = [],
        };
    }

    /// <summary>Creates the statistics of studies.</summary>
    /// <param name="series">Their series.</param>
    /// <param name="missingStudies">Studies that do not exist; <see langword="null"/> for none.</param>
    /// <param name="studyFailures">Studies whose listing failed; <see langword="null"/> for none.</param>
    /// <returns>The statistics.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="series"/> is <see langword="null"/>.</exception>
    public static DownloadStats DownloadStats(
        IReadOnlyList<SeriesStats> series, IReadOnlyList<string>? missingStudies = null, IReadOnlyList<RetrievalFailure>? studyFailures = null)
    {
        ArgumentNullException.ThrowIfNull(series);
        return new DownloadStats(series, missingStudies ?? [], studyFailures ?? []);
    }

    /// <summary>Creates the result of one saved instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="location">Where it is.</param>
    /// <param name="sizeBytes">The bytes saved; <see langword="null"/> for <see cref="InstanceInfo.SizeBytes"/>.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="instance"/> or <paramref name="location"/> is <see langword="null"/>.</exception>
    public static InstanceResult InstanceResult(InstanceInfo instance, string location, long? sizeBytes = null)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(location);
        return new InstanceResult(instance, location, sizeBytes ?? instance.SizeBytes ?? 0, instance.Crc32c, null);
    }

    /// <summary>Creates the result of one saved instance that was transformed.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="location">Where it is.</param>
    /// <param name="transform">The identity of the transform.</param>
    /// <param name="sizeBytes">The bytes saved.</param>
    /// <param name="crc32c">Their CRC32C.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="instance"/>, <paramref name="location"/> or <paramref name="transform"/> is <see langword="null"/>.</exception>
    public static InstanceResult TransformedInstanceResult(InstanceInfo instance, string location, string transform, long sizeBytes, uint crc32c)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(location);
        ArgumentNullException.ThrowIfNull(transform);
        return new InstanceResult(instance, location, sizeBytes, crc32c, transform);
    }

    /// <summary>Creates the failure of an instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="exception">The cause.</param>
    /// <returns>The failure.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static RetrievalFailure Failure(InstanceInfo instance, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(exception);
        return RetrievalFailure.Of(instance, exception);
    }

    /// <summary>Creates the failure of a series as a whole.</summary>
    /// <param name="series">The series.</param>
    /// <param name="exception">The cause.</param>
    /// <returns>The failure.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static RetrievalFailure Failure(SeriesInfo series, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(exception);
        return RetrievalFailure.Of(series, series.Instances.Count, null, exception);
    }

    /// <summary>Creates the result of one series.</summary>
    /// <param name="series">The series.</param>
    /// <param name="outcome">How it ended. Default <see cref="SeriesOutcome.Saved"/>.</param>
    /// <param name="instancesSaved">Instances saved.</param>
    /// <param name="instancesUnverified">Those of them without a CRC32C.</param>
    /// <param name="instancesSkipped">Instances that were saved before.</param>
    /// <param name="instancesUpdated">Those saved that replaced other bytes.</param>
    /// <param name="instancesAdopted">Those skipped that had no record of their saving.</param>
    /// <param name="bytesSaved">Bytes saved.</param>
    /// <param name="failures">What failed; <see langword="null"/> for nothing.</param>
    /// <param name="warnings">Warnings; <see langword="null"/> for none.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="series"/> is <see langword="null"/>.</exception>
    public static SeriesResult SeriesResult(
        SeriesInfo series,
        SeriesOutcome outcome = SeriesOutcome.Saved,
        int instancesSaved = 0,
        int instancesUnverified = 0,
        int instancesSkipped = 0,
        int instancesUpdated = 0,
        int instancesAdopted = 0,
        long bytesSaved = 0,
        IReadOnlyList<RetrievalFailure>? failures = null,
        IReadOnlyList<string>? warnings = null)
    {
        ArgumentNullException.ThrowIfNull(series);
        return new SeriesResult(series)
        {
            Outcome = outcome,
            InstancesSaved = instancesSaved,
            InstancesUpdated = instancesUpdated,
            InstancesUnverified = instancesUnverified,
            InstancesSkipped = instancesSkipped,
            InstancesAdopted = instancesAdopted,
            InstancesFailed = (failures ?? []).Sum(failure => failure.InstanceCount),
            BytesSaved = bytesSaved,
            Failures = failures ?? [],
            Warnings = warnings ?? [],
        };
    }

    /// <summary>Creates the result of a job.</summary>
    /// <param name="outcome">How it ended. Default <see cref="JobOutcome.Complete"/>.</param>
    /// <param name="series">Its series, whose failures are the job's; <see langword="null"/> for none.</param>
    /// <param name="missingStudies">Studies that do not exist; <see langword="null"/> for none.</param>
    /// <param name="busyStudies">Studies that another job was saving; <see langword="null"/> for none.</param>
    /// <param name="bytesDownloaded">Tar bytes that came over the wire.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="fatalException">What ended it early; <see langword="null"/> for nothing.</param>
    /// <param name="completedStudies">Studies of which everything is saved; <see langword="null"/> for none.</param>
    /// <returns>The result.</returns>
    public static JobResult JobResult(
        JobOutcome outcome = JobOutcome.Complete,
        IReadOnlyList<SeriesResult>? series = null,
        IReadOnlyList<string>? missingStudies = null,
        IReadOnlyList<string>? busyStudies = null,
        long bytesDownloaded = 0,
        TimeSpan elapsed = default,
        Exception? fatalException = null,
        IReadOnlyList<string>? completedStudies = null) => new()
        {
            Outcome = outcome,
            CompletedStudies = completedStudies ?? [],
            Series = series ?? [],
            MissingStudies = missingStudies ?? [],
            BusyStudies = busyStudies ?? [],
            Failures = [.. (series ?? []).SelectMany(one => one.Failures)],
            BytesDownloaded = bytesDownloaded,
            Elapsed = elapsed,
            FatalException = fatalException,
        };

    /// <summary>Creates the exception that a failed job throws.</summary>
    /// <param name="result">The result of the job.</param>
    /// <param name="cause">What ended it.</param>
    /// <returns>The exception.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static JobFailedException JobFailed(JobResult result, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(cause);
        return new JobFailedException(result, cause);
    }

    /// <summary>Creates a report on a job as a whole.</summary>
    /// <param name="bytesReceived">Bytes that have arrived.</param>
    /// <param name="bytesWanted">Bytes that the job wants.</param>
    /// <param name="instancesSaved">Instances saved.</param>
    /// <param name="instancesWanted">Instances that the job wants.</param>
    /// <param name="instancesFailed">Instances that failed.</param>
    /// <param name="seriesCompleted">Series that have ended.</param>
    /// <param name="seriesDiscovered">Series known.</param>
    /// <param name="isPlanningComplete">Whether the totals no longer grow. Default <see langword="true"/>.</param>
    /// <param name="bytesPerSecond">The rate.</param>
    /// <param name="elapsed">Since the start of the job.</param>
    /// <param name="estimatedTimeRemaining">The estimate; <see langword="null"/> for none.</param>
    /// <param name="outageDuration">How long the store has given nothing.</param>
    /// <returns>The report.</returns>
    public static JobProgress JobProgress(
        long bytesReceived = 0,
        long bytesWanted = 0,
        int instancesSaved = 0,
        int instancesWanted = 0,
        int instancesFailed = 0,
        int seriesCompleted = 0,
        int seriesDiscovered = 0,
        bool isPlanningComplete = true,
        double bytesPerSecond = 0,
        TimeSpan elapsed = default,
        TimeSpan? estimatedTimeRemaining = null,
        TimeSpan outageDuration = default) => new()
        {
            BytesReceived = bytesReceived,
            BytesWanted = bytesWanted,
            InstancesSaved = instancesSaved,
            InstancesWanted = instancesWanted,
            InstancesFailed = instancesFailed,
            SeriesCompleted = seriesCompleted,
            SeriesDiscovered = seriesDiscovered,
            IsPlanningComplete = isPlanningComplete,
            BytesPerSecond = bytesPerSecond,
            Elapsed = elapsed,
            EstimatedTimeRemaining = estimatedTimeRemaining,
            OutageDuration = outageDuration,
        };

    /// <summary>Creates the data of <see cref="Job.Progress"/>.</summary>
    /// <param name="series">The series.</param>
    /// <param name="bytes">Bytes since the previous event.</param>
    /// <param name="bytesReceived">Bytes that have arrived.</param>
    /// <param name="bytesTotal">Bytes that the job wants.</param>
    /// <returns>The event data.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="series"/> is <see langword="null"/>.</exception>
    public static SeriesProgressEventArgs SeriesProgress(SeriesInfo series, long bytes, long bytesReceived, long bytesTotal)
    {
        ArgumentNullException.ThrowIfNull(series);
        return new SeriesProgressEventArgs(series) { Bytes = bytes, BytesReceived = bytesReceived, BytesTotal = bytesTotal };
    }

    /// <summary>Creates the data of <see cref="Job.Downloaded"/>.</summary>
    /// <param name="series">The series.</param>
    /// <param name="bytes">The bytes of the wanted instances.</param>
    /// <returns>The event data.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="series"/> is <see langword="null"/>.</exception>
    public static SeriesDownloadedEventArgs SeriesDownloaded(SeriesInfo series, long bytes)
    {
        ArgumentNullException.ThrowIfNull(series);
        return new SeriesDownloadedEventArgs(series) { Bytes = bytes };
    }

    /// <summary>Creates the data of <see cref="Job.Extracted"/>.</summary>
    /// <param name="series">The series.</param>
    /// <param name="instanceCount">The number of instances.</param>
    /// <returns>The event data.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="series"/> is <see langword="null"/>.</exception>
    public static SeriesExtractedEventArgs SeriesExtracted(SeriesInfo series, int instanceCount)
    {
        ArgumentNullException.ThrowIfNull(series);
        return new SeriesExtractedEventArgs(series) { InstanceCount = instanceCount };
    }

    /// <summary>Creates the data of <see cref="Job.Saved"/>.</summary>
    /// <param name="result">The saved instance.</param>
    /// <returns>The event data.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="result"/> is <see langword="null"/>.</exception>
    public static InstanceSavedEventArgs InstanceSaved(InstanceResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new InstanceSavedEventArgs(result);
    }

    /// <summary>Creates the data of <see cref="Job.Skipped"/>.</summary>
    /// <param name="instance">The instance that is saved already.</param>
    /// <param name="location">Where it is; <see langword="null"/> where the save handler does not say.</param>
    /// <returns>The event data.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="instance"/> is <see langword="null"/>.</exception>
    public static InstanceSkippedEventArgs InstanceSkipped(InstanceInfo instance, string? location)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return new InstanceSkippedEventArgs(instance, location);
    }

    /// <summary>Creates the data of <see cref="Job.Error"/>.</summary>
    /// <param name="failure">What failed.</param>
    /// <returns>The event data.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="failure"/> is <see langword="null"/>.</exception>
    public static JobErrorEventArgs JobError(RetrievalFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new JobErrorEventArgs(failure);
    }

    /// <summary>Creates the data of <see cref="Job.Completed"/>.</summary>
    /// <param name="result">The result of the job.</param>
    /// <returns>The event data.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="result"/> is <see langword="null"/>.</exception>
    public static JobCompletedEventArgs JobCompleted(JobResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new JobCompletedEventArgs(result);
    }
}
