namespace CodRetrieve.Service.Requests;

/// <summary>A study of a request with each of its series, as store and destination are now.</summary>
internal sealed record StudyDetails(StudyRecord Study, IReadOnlyList<SeriesRecord> Series, string? Problem);
