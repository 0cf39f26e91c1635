using System.Runtime.CompilerServices;
using CodRetrieve.Catalog;
using CodRetrieve.Diagnostics;
using CodRetrieve.Selecting;
using CodRetrieve.Storage;
using Microsoft.Extensions.Logging;

namespace CodRetrieve;

/// <content>Listing what a store holds.</content>
public sealed partial class CodDownload
{
    private const int MinStudiesAhead = 16;

    /// <summary>Lists the studies that the store holds, while they are enumerated. Fetches no image.</summary>
    /// <param name="options">Where to begin, and what to look for; <see langword="null"/>, the default, for all studies as the listing shows them, without their indexes.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>
    /// The studies in the store's order, that of the names of its objects: <c>1.2.3</c> comes before <c>1.2</c>. What is wrong with one study or series is in its record. May be enumerated several
    /// times, and reads the store each time.
    /// </returns>
    /// <remarks>
    /// <para>Memory does not grow with the store: a page of the listing and one study are held, and with a <see cref="StudyListOptions.Selection"/> as many studies ahead as there may be requests in flight. A
    /// consumer that is slow slows the listing down.</para>
    /// <para>Where the store changes meanwhile, what is written or deleted behind the point that was reached may or may not be given; no study is given twice.</para>
    /// <para>Needs the permission <c>storage.objects.list</c>, and with a selection <c>storage.objects.get</c>.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// <see cref="StudyListOptions.After"/> cannot be a Study Instance UID; or the <see cref="StudyListOptions.Selection"/> has a UID that is none, or names an attribute that is not known.
    /// </exception>
    /// <exception cref="InvalidOperationException">No bucket was set.</exception>
    /// <exception cref="ObjectDisposedException">This instance was disposed.</exception>
    /// <exception cref="ObjectStoreException">While it is enumerated: the bucket does not exist, may not be listed, or does not respond.</exception>
    /// <exception cref="CodFormatException">While it is enumerated: the listing has no end, or is not in lexicographic order.</exception>
    /// <exception cref="OperationCanceledException">While it is enumerated: <paramref name="cancellationToken"/> was cancelled.</exception>
    public IAsyncEnumerable<ListedStudy> ListStudiesAsync(StudyListOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new StudyListOptions();
        if (options.After is { } after && !SafeUid.IsSafe(after))
        {
            throw new ArgumentException($"'{SafeUid.Printable(after, 40)}' cannot be a Study Instance UID, behind which a listing begins.", nameof(options));
        }

        return ListAsync(Store(), _prefix, options, options.Selection is { } selection ? new SelectionPlan(selection, FolderLayout.Default) : null, cancellationToken);
    }

    private async IAsyncEnumerable<ListedStudy> ListAsync(
        IObjectStore store, string? prefix, StudyListOptions options, SelectionPlan? plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var logger = _options.LoggerFactory.CreateLogger<CodDownload>();
        using var budget = new RequestBudget(_options);
        var objects = new ObjectReader(store, new RequestPolicy(_options, logger), budget);
        var catalog = CreateCatalog(objects, prefix, logger, plan);
        var studies = new StoreListing(catalog, objects, Reject).ReadAsync(options.After, cancellationToken);
        var listed = plan is null && !options.IncludeInstances
            ? ReadListingsAsync(studies, catalog, cancellationToken)
            : new StoreInventory(catalog, Math.Max(MinStudiesAhead, _options.MaxConnections), options.IncludeInstances).ReadAsync(
                studies, admitted => Selected(new CatalogEnumeration(catalog, admitted, _options.MaxConnections), plan), cancellationToken);
        await foreach (var study in listed.ConfigureAwait(false))
        {
            yield return study;
        }

        void Reject(RetrievalFailure failure)
        {
            Log.StudyNameRejected(logger, objects.GetUri(catalog.StudiesFolder));
            options.Rejected?.Invoke(failure);
        }
    }

    private static async IAsyncEnumerable<ListedStudy> ReadListingsAsync(
        IAsyncEnumerable<StudyListing> studies, CodCatalog catalog, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var study in studies.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return ListedStudies.Of(study, catalog);
        }
    }
}
