using System.IO.Compression;
using CodRetrieve.Diagnostics;
using CodRetrieve.IO;
using CodRetrieve.Storage;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Catalog;

/// <summary>
/// Reads what a store holds: the series of a study by one listing, the instances of a series by one read of its index. Safe for use by
/// several callers at once.
/// </summary>
internal sealed class CodCatalog(ObjectReader objects, string? prefix, ILogger logger)
{
    // 5,000 instances make 30 to 60 MB; nothing decompresses to more than this.
    private const long MaxIndexBytes = 4L * 1024 * 1024 * 1024;
    // Two records of 512 zero bytes, padded to the blocking factor of 20 records (POSIX pax).
    private const long MaxEmptyTarBytes = 10_240;

    private const int MaxPages = 10_000;
    private const int IndexAttempts = 3;

    private readonly MetadataDecoderPool _decoders = new();
    private readonly string _root = string.IsNullOrEmpty(prefix) ? "" : prefix.TrimEnd('/') + "/";

    /// <summary>What is read of the attributes in the indexes. Default: nothing.</summary>
    public AttributeNeeds Needs { get; init; } = new();

    /// <summary>Which series are read at all, by the UIDs of study and series. Default: all.</summary>
    public Func<SeriesInfo, bool>? IsSeriesWanted { get; init; }

    /// <summary>The coldest storage class that tars are fetched from. Default: any.</summary>
    public StorageClass? MaxStorageClass { get; init; }

    /// <summary>What the names of all objects of studies begin with.</summary>
    public string StudiesFolder => $"{_root}studies/";

    /// <summary>What the names of the objects of a study's series begin with.</summary>
    public string SeriesFolder(string study) => $"{StudiesFolder}{study}/series/";

    /// <summary>The name of the folder that holds a study's series, for messages.</summary>
    public string GetUri(string study) => objects.GetUri(SeriesFolder(study));

    /// <summary>Lists one study.</summary>
    /// <exception cref="ObjectStoreException">The listing failed, or the bucket does not exist.</exception>
    /// <exception cref="CodFormatException">The listing has no end, or holds what was not asked for.</exception>
    public async Task<StudyListing> ListStudyAsync(string study, CancellationToken cancellationToken)
    {
        using var activity = CodActivities.StartStudyListing(study);
        try
        {
            return await ListPagesAsync(study, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            activity.Fail(e);
            throw;
        }
    }

    private async Task<StudyListing> ListPagesAsync(string study, CancellationToken cancellationToken)
    {
        var under = SeriesFolder(study);
        var builder = new StudyListingBuilder(study, under, objects.GetUri);
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        string? pageToken = null;
        do
        {
            var page = await objects.ListAsync(under, pageToken, cancellationToken).ConfigureAwait(false);
            builder.Add(page);
            pageToken = page.NextPageToken;
            if (pageToken is not null && (!tokens.Add(pageToken) || tokens.Count > MaxPages))
            {
                throw new CodFormatException($"{objects.GetUri(under)}: the listing has no end (a page token came again, or more than {MaxPages} pages).");
            }
        }
        while (pageToken is not null);

        return Select(builder.Build());
    }

    /// <summary>Returns a study without the series that are not wanted.</summary>
    public StudyListing Select(StudyListing listing) => IsSeriesWanted is null ? listing : listing.Select(IsSeriesWanted);

    /// <summary>Reads one series' index. What is wrong with the series is part of the result.</summary>
    /// <exception cref="ObjectStoreException">Nothing can be read with this credential.</exception>
    public async Task<SeriesContent> ReadSeriesAsync(SeriesListing listing, CancellationToken cancellationToken)
    {
        using var activity = CodActivities.StartSeriesIndex(listing.Series.StudyInstanceUid, listing.Series.SeriesInstanceUid);
        var content = await ReadContentAsync(listing, cancellationToken).ConfigureAwait(false);
        if (content.Failure is { } failure)
        {
            activity.Fail(failure);
        }

        return content;
    }

    private async Task<SeriesContent> ReadContentAsync(SeriesListing listing, CancellationToken cancellationToken)
    {
        var uri = objects.GetUri(listing.IndexName);
        var (failure, problem) = FindProblem(listing);
        if (problem == SeriesProblem.NoMetadata)
        {
            return new(listing, null, failure, problem);
        }

        SeriesIndex index;
        try
        {
            index = await ReadIndexAsync(listing, uri, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (e.Reason == ObjectStoreFailure.NotFound)
        {
            return new(listing, null, e, SeriesProblem.NoMetadata);
        }
        catch (CodRetrieveException e) when (e is not ObjectStoreException { IsFatal: true })
        {
            return new(listing, null, e, SeriesProblem.UnreadableMetadata);
        }

        if (index.IsHashed && Needs.Identifying.Count > 0)
        {
            var names = string.Join(", ", Needs.Identifying);
            return new(
                listing,
                index,
                new CodRetrieveException($"{uri}: the store has hashed UIDs, and its indexes still say who the patients are: {names} would become names of files or values of a report. Choose others, hash them, or allow identifiers ({nameof(FolderLayout.AllowIdentifiers)}, --allow-identifiers)."),
                SeriesProblem.IdentifiersRefused);
        }

        return problem is (SeriesProblem.None or SeriesProblem.StorageClass) && listing.Tar is { SizeBytes: > MaxEmptyTarBytes } tar && index is { Series.Instances.Count: 0, Problems.Count: 0 }
            ? new(
                listing,
                null,
                new CodFormatException($"{uri}: the index lists no instance, and the tar of {tar.SizeBytes} bytes is not empty. A writer overwrote the index and added nothing; the series must be written again."),
                SeriesProblem.EmptyIndex)
            : new(listing, index, failure, problem);
    }

    /// <summary>Why nothing of a series can be fetched, as far as its listing tells without its index.</summary>
    public (CodRetrieveException? Failure, SeriesProblem Problem) FindProblem(SeriesListing listing)
    {
        var tarUri = listing.Series.TarUri;
        return listing switch
        {
            { Index: null, IsPrefixOnly: false } => (
                new CodFormatException($"{objects.GetUri(listing.IndexName)}: the series has no index (metadata.json)."), SeriesProblem.NoMetadata),
            { Tar: null } => (new CodFormatException($"{tarUri}: the series has an index but no tar."), SeriesProblem.NoTar),
            { Tar.ContentEncoding: "gzip" } => (
                new CodFormatException($"{tarUri}: the tar is stored with content-encoding gzip, so that no range of it can be read. Store it plain."),
                SeriesProblem.CompressedTar),
            { Tar.StorageClass: { } name } when StorageClassName.Parse(name) > MaxStorageClass => (
                new CodRetrieveException(
                    $"{tarUri}: the tar is in the storage class {name}, whose retrieval costs a fee, and at most {MaxStorageClass.ToString()!.ToUpperInvariant()} is allowed. Allow the class (MaxStorageClass, --max-storage-class), or rewrite the object to a warmer one."),
                SeriesProblem.StorageClass),
            _ => (null, SeriesProblem.None),
        };
    }

    private async Task<SeriesIndex> ReadIndexAsync(SeriesListing listing, string uri, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadIndexOnceAsync(listing, uri, cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectStoreException e) when (attempt < IndexAttempts && e.Reason == ObjectStoreFailure.Changed)
            {
                // A writer replaced the index since it was listed: the newest one is read, whose checksum is not known.
                listing = listing with { Index = null, IsPrefixOnly = true };
            }
            catch (CodFormatException e) when (attempt < IndexAttempts && e.InnerException is InvalidDataException)
            {
                // The bytes were damaged on their way: they may come whole the next time.
                Log.IndexDamaged(logger, uri, attempt);
            }
        }
    }

    private async Task<SeriesIndex> ReadIndexOnceAsync(SeriesListing listing, string uri, CancellationToken cancellationToken)
    {
        var slice = new ObjectRange(listing.IndexName, listing.Index?.Generation, listing.Index?.SizeBytes, null);
        var stored = await objects.OpenAsync(slice, null, cancellationToken).ConfigureAwait(false);
        await using var closing = stored.ConfigureAwait(false);
        var bytes = new ChecksumStream(stored);
        SeriesIndex? index = null;
        CodFormatException? malformed = null;
        try
        {
            index = await ParseAsync(bytes, listing.Series, uri, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            malformed = new CodFormatException($"{uri}: the index is damaged (gzip).", e);
        }
        catch (CodFormatException e)
        {
            malformed = e;
        }

        // What was wrong with the JSON counts only if the bytes are those that were stored.
        await bytes.DrainAsync(cancellationToken).ConfigureAwait(false);
        if (stored.IsDecompressed || listing.Index?.Crc32c is not { } expected)
        {
            return index ?? throw new CodFormatException(malformed!.Message, new InvalidDataException("There is no checksum to tell a damaged transfer from a damaged object.", malformed));
        }

        if (bytes.Crc32c != expected)
        {
            var damage = new InvalidDataException($"CRC32C {Crc32C.Format(bytes.Crc32c)} instead of {Crc32C.Format(expected)}.");
            throw new CodFormatException($"{uri}: the index is damaged: {damage.Message}", damage);
        }

        return index ?? throw malformed!;
    }

    private async Task<SeriesIndex> ParseAsync(ChecksumStream bytes, SeriesInfo series, string uri, CancellationToken cancellationToken)
    {
        // Recognized by its first bytes: a copy of a store may have it compressed or not, whatever the content-encoding says.
        if (!await bytes.BeginsWithGzipAsync(cancellationToken).ConfigureAwait(false))
        {
            return await SeriesIndexReader.ReadAsync(bytes, series, uri, Needs, _decoders, cancellationToken).ConfigureAwait(false);
        }

        var gzip = new GZipStream(bytes, CompressionMode.Decompress, leaveOpen: true);
        var json = new LimitedStream(gzip, MaxIndexBytes, uri) { CompressedBytes = () => bytes.BytesRead };
        await using var closing = json.ConfigureAwait(false);
        return await SeriesIndexReader.ReadAsync(json, series, uri, Needs, _decoders, cancellationToken).ConfigureAwait(false);
    }
}
