namespace CodRetrieve.Cli.Output;

/// <summary>Something that failed, as JSON.</summary>
/// <param name="Uri">Its name.</param>
/// <param name="Study">The study.</param>
/// <param name="Instance">The SOP Instance UID; <see langword="null"/> where the series or the study as a whole failed.</param>
/// <param name="Message">Why.</param>
internal sealed record ErrorReport(string Uri, string? Study, string? Instance, string Message)
{
    public static ErrorReport Of(RetrievalFailure failure) =>
        new(failure.Uri, failure.StudyInstanceUid, failure.SopInstanceUid, failure.Exception.Message);
}
