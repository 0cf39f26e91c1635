using CodRetrieve.Saving;

namespace CodRetrieve.Verification;

/// <summary>Deletes what a verification found unlisted, study by study, each as its own for that time.</summary>
internal sealed class Pruner(DirectorySaveHandler handler)
{
    private readonly List<VerificationIssue> _deleted = [];
    private readonly List<RetrievalFailure> _failures = [];

    public async Task<PruneResult> PruneAsync(VerificationResult verified, CancellationToken cancellationToken)
    {
        var unlisted = verified.Issues.Where(issue => issue.Kind == VerificationIssueKind.Unlisted).GroupBy(issue => issue.StudyInstanceUid, StringComparer.Ordinal).ToList();
        if (unlisted.Count > 0)
        {
            await handler.OpenAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                foreach (var study in unlisted)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await PruneStudyAsync(study.Key, [.. study], cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                await handler.CloseAsync().ConfigureAwait(false);
            }
        }

        return new PruneResult(_deleted, _failures);
    }

    private async Task PruneStudyAsync(string study, IReadOnlyList<VerificationIssue> issues, CancellationToken cancellationToken)
    {
        if (!await handler.TryBeginStudyAsync(study, cancellationToken).ConfigureAwait(false))
        {
            Fail(issues, new CodRetrieveException($"Another job is saving the study {study}. Run again when it has ended."));
            return;
        }

        IReadOnlyDictionary<string, Exception> failures;
        try
        {
            failures = await handler.RemoveAsync(study, [.. issues.Select(Name)], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or CodRetrieveException and not DestinationException)
        {
            Fail(issues, e);
            return;
        }

        foreach (var issue in issues)
        {
            if (failures.GetValueOrDefault(Name(issue)) is { } cause)
            {
                Fail([issue], cause);
            }
            else
            {
                _deleted.Add(issue);
            }
        }
    }

    private void Fail(IReadOnlyList<VerificationIssue> issues, Exception cause) => _failures.AddRange(issues.Select(issue => new RetrievalFailure(
        issue.Location, issue.StudyInstanceUid, issue.SeriesInstanceUid, issue.SopInstanceUid, null, 1, cause)));

    private static string Name(VerificationIssue issue) => $"{issue.SeriesInstanceUid}/instances/{issue.SopInstanceUid}.dcm";
}
