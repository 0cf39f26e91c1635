using System.Collections.Concurrent;
using CodRetrieve.Catalog;
using CodRetrieve.IO;
using CodRetrieve.Planning;
using CodRetrieve.Saving;
using CodRetrieve.Selecting;

namespace CodRetrieve.Verification;

/// <summary>Compares what is on disk with the indexes of a store, several files at a time.</summary>
internal sealed class Verifier(CodCatalog catalog, ReadAhead readAhead, int maxConnections, string directory, OutputFormat format, SavingOptions saving, VerificationMeter meter, SelectionPlan? selection)
    : ICatalogVisitor<StudyVerifier>, IDisposable
{
    private readonly object _lock = new();
    private readonly IStudyLayout _layout = format == OutputFormat.Zip
        ? ZipSaveHandler.CreateLayout(directory, saving, InstancePlaces.For(directory, saving))
        : FolderSaveHandler.CreateLayout(directory, saving, InstancePlaces.For(directory, saving));
    private readonly ulong? _transform = TransformIdentity.Of(saving.Transform)?.Hash;
    private readonly SortedDictionary<int, StudyVerification> _studies = [];
    // Those that are under way, to be closed also when the verification is cancelled.
    private readonly ConcurrentDictionary<StudyVerifier, bool> _open = new(ReferenceEqualityComparer.Instance);
    private readonly SemaphoreSlim _readers = new(Environment.ProcessorCount, Environment.ProcessorCount);

    /// <exception cref="ObjectStoreException">The bucket does not exist or may not be read.</exception>
    public async Task<VerificationResult> VerifyAsync(IReadOnlyList<string> studies, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        LayoutRecord.Check(directory, saving);
        ICatalogSource source = new CatalogEnumeration(catalog, studies, maxConnections);
        await (selection is null ? source : new SelectingSource(source, selection)).VisitAsync(this, cancellationToken).ConfigureAwait(false);
        meter.End();
        var found = _studies.Values;
        return new VerificationResult
        {
            Series = [.. found.SelectMany(study => study.Series)],
            StudyIssues = [.. found.SelectMany(study => study.Issues)],
            MissingStudies = [.. found.Where(study => study.IsMissing).Select(study => study.StudyInstanceUid)],
            StudyFailures = [.. found.SelectMany(study => study.Failures)],
            Format = format,
            Directory = directory,
            Elapsed = time.GetElapsedTime(started),
        };
    }

    public ValueTask StudyMissingAsync(StudyRequest study, CancellationToken cancellationToken) =>
        Add(study, new StudyVerification(study.StudyInstanceUid, [], [], [], IsMissing: true));

    public ValueTask StudyFailedAsync(StudyRequest study, CodRetrieveException cause, CancellationToken cancellationToken) =>
        Add(study, new StudyVerification(study.StudyInstanceUid, [], [], [Failure(study, cause)], IsMissing: false));

    public ValueTask<StudyVerifier?> StudyListedAsync(StudyRequest study, StudyListing listing, CancellationToken cancellationToken)
    {
        var saved = _layout.OpenStudy(study.StudyInstanceUid);
        var receipts = StatePaths.Receipts(directory, study.StudyInstanceUid);
        var verifier = new StudyVerifier(study, listing, saved, () => StudyReceipts.Read(receipts, PartialName.NewId(), saving), _transform, _readers, meter);
        _open.TryAdd(verifier, true);
        return ValueTask.FromResult<StudyVerifier?>(verifier);
    }

    public ValueTask SeriesListedAsync(StudyVerifier study, SeriesListing series, CancellationToken cancellationToken) =>
        readAhead.EnterAsync(ReadAhead.BytesOf(series), cancellationToken);

    public async ValueTask SeriesReadAsync(StudyVerifier study, int position, SeriesContent content, CancellationToken cancellationToken)
    {
        readAhead.Exchange(ReadAhead.BytesOf(content.Listing), ReadAhead.BytesOf(content.Series));
        await study.VerifyAsync(position, content, cancellationToken).ConfigureAwait(false);
        readAhead.Exit(ReadAhead.BytesOf(content.Series));
    }

    public ValueTask SeriesHeldAsync(StudyVerifier study, SeriesContent content, CancellationToken cancellationToken)
    {
        readAhead.Exit(ReadAhead.BytesOf(content.Listing));
        return ValueTask.CompletedTask;
    }

    public ValueTask SeriesLeftOutAsync(StudyVerifier study, SeriesContent content, CancellationToken cancellationToken)
    {
        readAhead.Exit(ReadAhead.BytesOf(content.Listing));
        study.LeaveOut(content);
        return ValueTask.CompletedTask;
    }

    public ValueTask StudyReadAsync(StudyVerifier study, CancellationToken cancellationToken)
    {
        var failures = study.Listing.Problems.Select(problem => Failure(study.Request, problem));
        var result = study.ToResult(cancellationToken) with { Failures = [.. failures] };
        _open.TryRemove(study, out _);
        study.Dispose();
        return Add(study.Request, result);
    }

    public void Dispose()
    {
        foreach (var study in _open.Keys)
        {
            study.Dispose();
        }

        _readers.Dispose();
    }

    private ValueTask Add(StudyRequest request, StudyVerification study)
    {
        lock (_lock)
        {
            _studies.Add(request.Position, study);
        }

        return ValueTask.CompletedTask;
    }

    private RetrievalFailure Failure(StudyRequest study, Exception cause) =>
        RetrievalFailure.OfStudy(catalog.GetUri(study.StudyInstanceUid), study.StudyInstanceUid, cause);
}
