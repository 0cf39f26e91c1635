namespace CodRetrieve.Verification;

/// <summary>What <see cref="CodDownload.PruneAsync"/> deleted, and what it did not. Immutable.</summary>
public sealed class PruneResult
{
    internal PruneResult(IReadOnlyList<VerificationIssue> deleted, IReadOnlyList<RetrievalFailure> failures) => (Deleted, Failures) = (deleted, failures);

    /// <summary>Gets what was deleted, in the order in which it was found.</summary>
    public IReadOnlyList<VerificationIssue> Deleted { get; }

    /// <summary>Gets what was not, with the cause: an instance that was changed since it was saved, or a study that another job is saving.</summary>
    public IReadOnlyList<RetrievalFailure> Failures { get; }
}
