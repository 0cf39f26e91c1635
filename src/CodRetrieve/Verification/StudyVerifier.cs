using System.Collections.Concurrent;
using CodRetrieve.Catalog;
using CodRetrieve.Saving;

namespace CodRetrieve.Verification;

/// <summary>Verifies one study: first what its indexes list, then whether there is anything else. Owns what it reads from.</summary>
/// <param name="request">The study.</param>
/// <param name="listing">Its series.</param>
/// <param name="saved">What is on disk; disposed with this.</param>
/// <param name="readReceipts">Reads what was saved of the study.</param>
/// <param name="transform">The number of the transform that instances should be made by; <see langword="null"/> for whichever they were.</param>
/// <param name="readers">A place for each file that may be read at the same time.</param>
/// <param name="meter">Counts all that is done.</param>
internal sealed class StudyVerifier(StudyRequest request, StudyListing listing, ISavedStudy saved, Func<StudyReceipts> readReceipts, ulong? transform, SemaphoreSlim readers, VerificationMeter meter) : IDisposable
{
    private readonly SeriesVerifier?[] _series = new SeriesVerifier?[listing.Series.Count];
    private readonly ConcurrentDictionary<string, bool> _leftOut = new(listing.LeftOut.Select(static series => KeyValuePair.Create(series, true)), StringComparer.Ordinal);
    private readonly Lazy<StudyReceipts> _receipts = new(readReceipts);

    public StudyRequest Request => request;

    public StudyListing Listing => listing;

    /// <summary>Verifies one series, beside others.</summary>
    public Task VerifyAsync(int position, SeriesContent content, CancellationToken cancellationToken)
    {
        var series = new SeriesVerifier(content, saved, () => _receipts.Value, transform, meter);
        _series[position] = series;
        return series.VerifyAsync(readers, cancellationToken);
    }

    /// <summary>Notes a series of which nothing is selected: nothing is said of what is saved of it.</summary>
    public void LeaveOut(SeriesContent content) => _leftOut[content.Series.SeriesInstanceUid] = true;

    /// <summary>Looks for what no index lists, when all series are verified.</summary>
    public StudyVerification ToResult(CancellationToken cancellationToken)
    {
        var study = request.StudyInstanceUid;
        var issues = new List<VerificationIssue>();
        if (saved.Fault is { } fault)
        {
            issues.Add(new VerificationIssue(VerificationIssueKind.Unreadable, study, saved.Location) { Cause = fault });
        }

        if (saved.IsUnfinished)
        {
            issues.Add(new VerificationIssue(VerificationIssueKind.Unfinished, study, saved.Location));
        }

        var verified = _series.OfType<SeriesVerifier>().ToList();
        FindUnknown(study, verified, issues, cancellationToken);
        meter.Add(0, 0, issues.Count);
        return new StudyVerification(study, [.. verified.Select(series => series.ToResult())], issues, [], IsMissing: false);
    }

    public void Dispose() => saved.Dispose();

    private void FindUnknown(string study, IReadOnlyList<SeriesVerifier> runs, List<VerificationIssue> issues, CancellationToken cancellationToken)
    {
        var series = runs.ToDictionary(run => run.SeriesInstanceUid, StringComparer.Ordinal);
        try
        {
            foreach (var (name, location) in saved.Names())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var folder = name.Split('/', 2)[0];
                var run = series.GetValueOrDefault(folder);
                if (run?.Knows(name) == true || _leftOut.ContainsKey(folder))
                {
                    continue;
                }

                var issue = Unlisted(name, location, run)
                    ?? new VerificationIssue(VerificationIssueKind.Unknown, study, location) { SeriesInstanceUid = run?.SeriesInstanceUid };
                if (run is null)
                {
                    issues.Add(issue);
                }
                else
                {
                    run.Add(issue);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            issues.Add(new VerificationIssue(VerificationIssueKind.Unreadable, study, saved.Location) { Cause = e });
        }
    }

    // Only what was saved from the store: other files may be somebody's. And only where the store was understood whole.
    private VerificationIssue? Unlisted(string name, string location, SeriesVerifier? series) =>
        (series?.IsFullyKnown ?? listing.Problems.Count == 0)
            && ZipIndex.TryGetInstance(name) is { } instance
            && _receipts.Value.Find(EntryHash.Of(name)) is not null
            ? VerificationIssue.Unlisted(request.StudyInstanceUid, instance.Series, instance.SopInstanceUid, location)
            : null;
}
