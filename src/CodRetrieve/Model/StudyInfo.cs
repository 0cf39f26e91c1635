namespace CodRetrieve;

/// <summary>One study of a job, when nothing of it is left to save.</summary>
/// <param name="StudyInstanceUid">The Study Instance UID as it was asked for.</param>
/// <param name="IsComplete">Whether everything that the store lists of the study is saved: no series and no instance failed.</param>
public sealed record StudyInfo(string StudyInstanceUid, bool IsComplete)
{
    /// <summary>Gets what is not saved of the study, with the causes. Empty by default.</summary>
    public IReadOnlyList<RetrievalFailure> Failures { get; init; } = [];
}
