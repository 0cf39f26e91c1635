using CodRetrieve.Catalog;
using CodRetrieve.Saving;

namespace CodRetrieve.Verification;

/// <summary>Compares what is on disk with the indexes of a store, several files at a time.</summary>
internal sealed class Verifier(CodCatalog catalog, string directory, bool zipOutput, VerificationMeter meter) : IDisposable
{
    // As few as keep the disk busy while the next listing or index comes; each holds the instances of its series.
    private const int StudiesAtOnce = 2;

    private readonly SemaphoreSlim _readers = new(Environment.ProcessorCount, Environment.ProcessorCount);

    /// <exception cref="ObjectStoreException">The bucket does not exist or may not be read.</exception>
    public async Task<VerificationResult> VerifyAsync(IReadOnlyList<string> studies, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var byStudy = new StudyVerification[studies.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, studies.Count),
            new ParallelOptions { MaxDegreeOfParallelism = StudiesAtOnce, CancellationToken = cancellationToken },
            async (i, ct) => byStudy[i] = await VerifyAsync(studies[i], ct).ConfigureAwait(false)).ConfigureAwait(false);
        meter.End();
        return new VerificationResult
        {
            Series = [.. byStudy.SelectMany(study => study.Series)],
            StudyIssues = [.. byStudy.SelectMany(study => study.Issues)],
            MissingStudies = [.. studies.Where((_, i) => byStudy[i].IsMissing)],
            StudyFailures = [.. byStudy.SelectMany(study => study.Failures)],
            ZipOutput = zipOutput,
            Directory = directory,
            Elapsed = time.GetElapsedTime(started),
        };
    }

    public void Dispose() => _readers.Dispose();

    private async Task<StudyVerification> VerifyAsync(string study, CancellationToken cancellationToken)
    {
        StudyListing listing;
        try
        {
            listing = await catalog.ListStudyAsync(study, cancellationToken).ConfigureAwait(false);
        }
        catch (CodRetrieveException e) when (CodCatalog.ConcernsOneStudy(e))
        {
            return new StudyVerification([], [], [Failure(study, e)], IsMissing: false);
        }

        if (!listing.Exists)
        {
            return new StudyVerification([], [], [], IsMissing: true);
        }

        using ISavedStudy saved = zipOutput
            ? new SavedStudyZip(directory, study)
            : new SavedStudyFolder(directory, directory, study);
        var result = await new StudyVerifier(catalog, saved, _readers, meter).VerifyAsync(listing, study, cancellationToken).ConfigureAwait(false);
        return result with { Failures = [.. listing.Problems.Select(problem => Failure(study, problem))] };
    }

    private RetrievalFailure Failure(string study, Exception cause) => RetrievalFailure.OfStudy(catalog.GetUri(study), study, cause);
}
