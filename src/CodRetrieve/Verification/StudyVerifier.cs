using CodRetrieve.Catalog;
using CodRetrieve.Saving;

namespace CodRetrieve.Verification;

/// <summary>Verifies one study: first what its indexes list, then whether there is anything else.</summary>
/// <param name="catalog">The store.</param>
/// <param name="saved">What is on disk.</param>
/// <param name="readers">A place for each file that may be read at the same time.</param>
/// <param name="meter">Told of all that is done.</param>
internal sealed class StudyVerifier(CodCatalog catalog, ISavedStudy saved, SemaphoreSlim readers, VerificationMeter meter)
{
    private const int SeriesAtOnce = 4;

    public async Task<StudyVerification> VerifyAsync(StudyListing listing, string study, CancellationToken cancellationToken)
    {
        var issues = new List<VerificationIssue>();
        if (saved.Fault is { } fault)
        {
            issues.Add(new VerificationIssue(VerificationIssueKind.Unreadable, study, saved.Location) { Cause = fault });
        }

        if (saved.IsUnfinished)
        {
            issues.Add(new VerificationIssue(VerificationIssueKind.Unfinished, study, saved.Location));
        }

        var runs = new SeriesVerifier[listing.Series.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, runs.Length),
            new ParallelOptions { MaxDegreeOfParallelism = SeriesAtOnce, CancellationToken = cancellationToken },
            async (i, ct) =>
            {
                var content = await catalog.ReadSeriesAsync(listing.Series[i], ct).ConfigureAwait(false);
                runs[i] = new SeriesVerifier(content, saved, meter);
                await runs[i].VerifyAsync(readers, ct).ConfigureAwait(false);
            }).ConfigureAwait(false);
        FindUnknown(study, runs, issues, cancellationToken);
        meter.Add(0, 0, issues.Count);
        return new StudyVerification([.. runs.Select(run => run.ToResult())], issues, [], IsMissing: false);
    }

    private void FindUnknown(string study, IReadOnlyList<SeriesVerifier> runs, List<VerificationIssue> issues, CancellationToken cancellationToken)
    {
        var series = runs.ToDictionary(run => run.SeriesInstanceUid, StringComparer.Ordinal);
        try
        {
            foreach (var (name, location) in saved.Names())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var run = series.GetValueOrDefault(name.Split('/', 2)[0]);
                if (run is null)
                {
                    issues.Add(new VerificationIssue(VerificationIssueKind.Unknown, study, location));
                }
                else if (!run.Knows(name))
                {
                    run.Add(new VerificationIssue(VerificationIssueKind.Unknown, study, location) { SeriesInstanceUid = run.SeriesInstanceUid });
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            issues.Add(new VerificationIssue(VerificationIssueKind.Unreadable, study, saved.Location) { Cause = e });
        }
    }
}
