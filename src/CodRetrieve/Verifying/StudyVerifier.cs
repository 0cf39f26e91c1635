using CodRetrieve.Catalog;
using CodRetrieve.Saving;

namespace CodRetrieve.Verifying;

/// <summary>Verifies one study: first what its indexes list, then whether there is anything else.</summary>
/// <param name="catalog">The store.</param>
/// <param name="saved">What is on disk.</param>
/// <param name="readers">A place for each file that may be read at the same time.</param>
/// <param name="meter">Told of all that is done.</param>
internal sealed class StudyVerifier(CodCatalog catalog, ISavedStudy saved, SemaphoreSlim readers, VerifyMeter meter)
{
    private const int SeriesAtOnce = 4;

    public async Task<StudyVerification> VerifyAsync(StudyListing listing, string study, CancellationToken cancellationToken)
    {
        var findings = new List<VerifyFinding>();
        if (saved.Fault is { } fault)
        {
            findings.Add(new VerifyFinding(VerifyFindingKind.Unreadable, study, saved.Location) { Cause = fault });
        }

        if (saved.IsUnfinished)
        {
            findings.Add(new VerifyFinding(VerifyFindingKind.Unfinished, study, saved.Location));
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
        FindUnknown(study, runs, findings, cancellationToken);
        meter.Add(0, 0, findings.Count);
        return new StudyVerification([.. runs.Select(run => run.ToResult())], findings, [], IsMissing: false);
    }

    private void FindUnknown(string study, IReadOnlyList<SeriesVerifier> runs, List<VerifyFinding> findings, CancellationToken cancellationToken)
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
                    findings.Add(new VerifyFinding(VerifyFindingKind.Unknown, study, location));
                }
                else if (!run.Knows(name))
                {
                    run.Add(new VerifyFinding(VerifyFindingKind.Unknown, study, location) { SeriesInstanceUid = run.SeriesInstanceUid });
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            findings.Add(new VerifyFinding(VerifyFindingKind.Unreadable, study, saved.Location) { Cause = e });
        }
    }
}
