using CodRetrieve.Jobs;
using CodRetrieve.Planning;
using CodRetrieve.Storage;
using CodRetrieve.Verification;
using Microsoft.Extensions.Logging;

namespace CodRetrieve;

/// <content>Verifying what is on disk, repairing it, and deleting what the store no longer lists.</content>
public sealed partial class CodDownload
{
    /// <summary>Reads back what is saved of studies and compares it with the store's indexes by size and CRC32C.</summary>
    /// <param name="studyInstanceUids">The studies. Repeats count once.</param>
    /// <param name="format">The form that was saved in. Default <see cref="OutputFormat.Folder"/>.</param>
    /// <param name="selection">Which instances of the studies; <see langword="null"/>, the default, for all.</param>
    /// <param name="progress">Receives how far it is, at most about ten times per second and once at the end; never twice at once. <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Cancels the verification.</param>
    /// <returns>What was found. What is wrong with one file, series or study is in it, and hides no other.</returns>
    /// <remarks>
    /// Reads listings and indexes from the store, no image, and changes nothing on disk. Reads as many files at a time as there are
    /// processors, with one buffer of 256 KiB each. <see cref="CodDownloadOptions.TrustSavedLog"/> has no effect: what is not there is missing. What a
    /// job saves into the directory at the same time may or may not be found.
    /// </remarks>
    /// <exception cref="ArgumentException">There is no UID, or one that is blank or cannot be the name of a folder, or two differ only in case; or the <paramref name="selection"/> has one, or names an attribute that is not known.</exception>
    /// <exception cref="InvalidOperationException">No bucket or no directory was set.</exception>
    /// <exception cref="ObjectStoreException">The bucket does not exist or may not be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<VerificationResult> VerifyAsync(
        IEnumerable<string> studyInstanceUids,
        OutputFormat format = OutputFormat.Folder,
        Selection? selection = null,
        IProgress<VerificationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var directory = _directory ?? throw new InvalidOperationException("No directory was set. Call InitDirectory first.");
        var studies = StudyUids.Validate(studyInstanceUids);
        var store = Store();
        var logger = _options.LoggerFactory.CreateLogger<CodDownload>();
        using var budget = new RequestBudget(_options);
        var objects = new ObjectReader(store, new RequestPolicy(_options, logger), budget);
        var plan = PlanOf(selection, null);
        var catalog = CreateCatalog(objects, logger, plan);
        using var verifier = new Verifier(catalog, new ReadAhead(budget), _options.MaxConnections, directory, format, CreateSavingOptions(), new VerificationMeter(progress, _options.TimeProvider), plan);
        return await verifier.VerifyAsync(studies, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Creates a job that fetches just what verification found missing, of the wrong size, corrupt or unreadable.</summary>
    /// <param name="verified">What <see cref="VerifyAsync"/> found. The job saves into the directory, and in the form, that was verified.</param>
    /// <returns>The job, ready to run; it does nothing where nothing can be repaired.</returns>
    /// <remarks>
    /// A file stays in its place until its replacement is verified, which then replaces it at once; zips are written again. A zip
    /// that cannot be read is renamed and kept. Unknown and unlisted files are not touched.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="verified"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">No bucket was set.</exception>
    public Job Repair(VerificationResult verified)
    {
        ArgumentNullException.ThrowIfNull(verified);
        var handler = new RepairSaveHandler(CreateHandler(verified.Directory, verified.Format), verified);
        return Create(handler.Studies, handler, null);
    }

    /// <summary>Deletes the instances that were saved from the store and that it no longer lists (<see cref="VerificationIssueKind.Unlisted"/>), and nothing else.</summary>
    /// <param name="verified">What <see cref="VerifyAsync"/> found.</param>
    /// <param name="cancellationToken">Cancels the deleting between two studies; what is deleted stays so.</param>
    /// <returns>What was deleted, and what was not.</returns>
    /// <remarks>
    /// <para>Deleted is only what has a receipt of a job, and was not changed since. Files that no job saved are <see cref="VerificationIssueKind.Unknown"/>
    /// and stay. So does everything of a study that the store does not know at all, of a series whose index could not be read to its end, and of one
    /// with a writer's lock beside it.</para>
    /// <para>A zip is written again without what is deleted, whose bytes are then in it nowhere. Other jobs may save into the directory at the same time; the
    /// studies that they are saving are left as they are, and named.</para>
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="verified"/> is <see langword="null"/>.</exception>
    /// <exception cref="DestinationException">The directory cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">This instance was disposed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<PruneResult> PruneAsync(VerificationResult verified, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(verified);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return await new Pruner(CreateHandler(verified.Directory, verified.Format)).PruneAsync(verified, cancellationToken).ConfigureAwait(false);
    }
}
