using System.Runtime.CompilerServices;
using CodRetrieve.Diagnostics;
using CodRetrieve.Storage;

namespace CodRetrieve.Catalog;

/// <summary>
/// Lists all studies of a store by one long listing, in its order, and holds one of them at a time. The objects of a study come one after the other, since the names of all begin with that
/// of its folder: <c>1.2.3/</c> before <c>1.2/</c>, as a slash comes after a dot.
/// </summary>
/// <param name="catalog">The store.</param>
/// <param name="objects">Its objects.</param>
/// <param name="reject">Given the folders whose names cannot be those of studies.</param>
internal sealed class StoreListing(CodCatalog catalog, ObjectReader objects, Action<RetrievalFailure> reject)
{
    private readonly string _under = catalog.StudiesFolder;
    private string? _lastRejected;

    /// <summary>Lists the studies.</summary>
    /// <param name="after">The study behind which to begin, whether it exists or not; <see langword="null"/> for the first.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="ObjectStoreException">A page could not be read.</exception>
    /// <exception cref="CodFormatException">The listing has no end, holds what was not asked for, or is not in lexicographic order.</exception>
    public async IAsyncEnumerable<StudyListing> ReadAsync(string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The character behind the slash: the first name that can follow those of the study.
        var from = after is null ? null : $"{_under}{after}{(char)('/' + 1)}";
        OpenStudy? open = null;
        await foreach (var (name, item) in ReadEntriesAsync(from, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (StudyOf(name) is not { } study)
            {
                continue;
            }

            if (open?.StudyInstanceUid != study)
            {
                ThrowIfNotInOrder(open?.StudyInstanceUid, study);
                if (open is not null && await EndAsync(open, cancellationToken).ConfigureAwait(false) is { Exists: true } listing)
                {
                    yield return listing;
                }

                open = new OpenStudy(study, new StudyListingBuilder(study, catalog.SeriesFolder(study), objects.GetUri), catalog.SeriesFolder(study));
            }

            open.Add(item);
        }

        if (open is not null && await EndAsync(open, cancellationToken).ConfigureAwait(false) is { Exists: true } last)
        {
            yield return last;
        }
    }

    // Objects and folded names in one order, without what lies before the beginning.
    private async IAsyncEnumerable<(string Name, ObjectInfo? Item)> ReadEntriesAsync(string? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var loop = new PageLoop();
        var last = "";
        string? pageToken = null;
        do
        {
            var page = await ReadPageAsync(from, pageToken, cancellationToken).ConfigureAwait(false);
            var isFurther = false;
            foreach (var entry in PageEntries.Of(page))
            {
                if (ObjectNameOrder.Instance.Compare(entry.Name, last) > 0)
                {
                    (last, isFurther) = (entry.Name, true);
                }

                if (from is null || ObjectNameOrder.Instance.Compare(entry.Name, from) >= 0)
                {
                    yield return entry;
                }
            }

            pageToken = page.NextPageToken;
            if (pageToken is not null && !loop.MayGoOn(pageToken, isFurther))
            {
                throw new CodFormatException($"{objects.GetUri(_under)}: the listing has no end (a page token came again, or page after page had nothing new).");
            }
        }
        while (pageToken is not null);
    }

    private async Task<ObjectListPage> ReadPageAsync(string? from, string? pageToken, CancellationToken cancellationToken)
    {
        using var activity = CodActivities.StartStoreListing();
        try
        {
            return await objects.ListFromAsync(_under, from, pageToken, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (e.Reason == ObjectStoreFailure.ObjectForbidden)
        {
            // Of a study among others; without its next page a listing ends.
            activity.Fail(e);
            throw new ObjectStoreException(ObjectStoreFailure.Forbidden, e.Message, e) { StatusCode = e.StatusCode };
        }
        catch (Exception e)
        {
            activity.Fail(e);
            throw;
        }
    }

    // Null for what belongs to no study.
    private string? StudyOf(string name)
    {
        if (!name.StartsWith(_under, StringComparison.Ordinal))
        {
            throw new CodFormatException($"{objects.GetUri(_under)}: the listing holds objects that were not asked for.");
        }

        // A file beside the studies, or the object that stands for their folder.
        var slash = name.IndexOf('/', _under.Length);
        if (slash < 0)
        {
            return null;
        }

        var study = name[_under.Length..slash];
        if (SafeUid.IsSafe(study))
        {
            return study;
        }

        if (study != _lastRejected && !StudyListingBuilder.IsHidden(study))
        {
            _lastRejected = study;
            var uri = SafeUid.Printable(objects.GetUri(_under + study));
            reject(RetrievalFailure.OfJob(uri, new CodFormatException($"{uri}: a study has a name that cannot be the name of a folder, and is left out.")));
        }

        return null;
    }

    private void ThrowIfNotInOrder(string? before, string study)
    {
        if (before is not null && string.CompareOrdinal(before + "/", study + "/") > 0)
        {
            throw new CodFormatException(
                $"{objects.GetUri(_under)}: the store lists '{study}' after '{before}', which is not the lexicographic order of object names, in which the objects of a study follow each other. The store must list by name (IObjectStore.ListAsync).");
        }
    }

    private async ValueTask<StudyListing> EndAsync(OpenStudy study, CancellationToken cancellationToken)
    {
        if (study.Failure is { } failure)
        {
            return new StudyListing(study.StudyInstanceUid, [], [failure]);
        }

        if (!study.IsFolded)
        {
            return catalog.Select(study.Builder.Build());
        }

        try
        {
            return await catalog.ListStudyAsync(study.StudyInstanceUid, cancellationToken).ConfigureAwait(false);
        }
        catch (CodRetrieveException e) when (CatalogEnumeration.ConcernsOneStudy(e))
        {
            return new StudyListing(study.StudyInstanceUid, [], [e as CodFormatException ?? new CodFormatException(e.Message, e)]);
        }
    }

    /// <summary>The study whose objects are coming.</summary>
    private sealed class OpenStudy(string studyInstanceUid, StudyListingBuilder builder, string under)
    {
        public string StudyInstanceUid => studyInstanceUid;

        public StudyListingBuilder Builder => builder;

        /// <summary>The store showed folders only: the study must be listed by itself.</summary>
        public bool IsFolded { get; private set; }

        /// <summary>Why it cannot be listed; the others can.</summary>
        public CodFormatException? Failure { get; private set; }

        public void Add(ObjectInfo? item)
        {
            if (item is null)
            {
                IsFolded = true;
                return;
            }

            if (Failure is not null || !item.Name.StartsWith(under, StringComparison.Ordinal))
            {
                return;
            }

            try
            {
                builder.Add(item);
            }
            catch (CodFormatException e)
            {
                Failure = e;
            }
        }
    }
}
