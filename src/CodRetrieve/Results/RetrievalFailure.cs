namespace CodRetrieve;

/// <summary>Something that was asked for and is not saved, with its cause: an instance, a series, a study or the job as a whole.</summary>
public sealed class RetrievalFailure
{
    internal RetrievalFailure(string uri, string? study, string? series, string? sop, long? sizeBytes, int instanceCount, Exception exception)
    {
        Uri = uri;
        StudyInstanceUid = study;
        SeriesInstanceUid = series;
        SopInstanceUid = sop;
        SizeBytes = sizeBytes;
        InstanceCount = instanceCount;
        Exception = exception;
    }

    /// <summary>Gets what failed: an instance's URI, a series' tar or index, or a study's listing. Holds no secret.</summary>
    public string Uri { get; }

    /// <summary>Gets the Study Instance UID; <see langword="null"/> when the job as a whole failed.</summary>
    public string? StudyInstanceUid { get; }

    /// <summary>Gets the Series Instance UID; <see langword="null"/> when the study as a whole failed.</summary>
    public string? SeriesInstanceUid { get; }

    /// <summary>Gets the SOP Instance UID; <see langword="null"/> when the series or the study as a whole failed.</summary>
    public string? SopInstanceUid { get; }

    /// <summary>Gets the bytes of what failed; <see langword="null"/> where they are not known.</summary>
    public long? SizeBytes { get; }

    /// <summary>Gets how many instances are not saved because of this: 1 for an instance; 0 where the number is not known.</summary>
    public int InstanceCount { get; }

    /// <summary>Gets the cause. Its message names the object, and holds no token and no DICOM attribute value.</summary>
    public Exception Exception { get; }

    /// <summary>Returns the cause's message, preceded by the URI of what failed.</summary>
    /// <returns>One line of text.</returns>
    public override string ToString() =>
        Exception.Message.StartsWith(Uri, StringComparison.Ordinal) ? Exception.Message : $"{Uri}: {Exception.Message}";

    internal static RetrievalFailure Of(InstanceInfo instance, Exception exception) => new(
        instance.Uri, instance.Series.StudyInstanceUid, instance.Series.SeriesInstanceUid, instance.SopInstanceUid, instance.SizeBytes, 1, exception);

    internal static RetrievalFailure Of(SeriesInfo series, int instanceCount, long? sizeBytes, Exception exception) => new(
        series.TarUri, series.StudyInstanceUid, series.SeriesInstanceUid, null, sizeBytes, instanceCount, exception);

    internal static RetrievalFailure OfStudy(string uri, string study, Exception exception) => new(uri, study, null, null, null, 0, exception);

    internal static RetrievalFailure OfJob(string uri, Exception exception) => new(uri, null, null, null, null, 0, exception);
}
