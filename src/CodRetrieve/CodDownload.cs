using CodRetrieve.Catalog;
using CodRetrieve.Jobs;
using CodRetrieve.Saving;
using CodRetrieve.Storage;
using Microsoft.Extensions.Logging;

namespace CodRetrieve;

/// <summary>
/// Retrieves DICOM studies from a Cloud Optimized DICOM store: say where to save and where to read, ask what is missing, fetch it.
/// </summary>
/// <remarks>
/// <para>Call <see cref="InitDirectory(string)"/> and one of the <c>InitBucket</c> methods first. These and <see cref="Reset"/> are not safe for use by several
/// threads; <c>GetStatsAsync</c>, <c>DownloadAsync</c> and the jobs are, once they are done. Jobs that run at the same time need
/// directories of their own.</para>
/// <para>Dispose it after the last of its jobs has ended: it owns their connections.</para>
/// </remarks>
public sealed partial class CodDownload : IDisposable
{
    private readonly CodDownloadOptions _options;
    private readonly Lazy<HttpClient> _http;
    private string? _directory;
    private IObjectStore? _store;
    private string? _prefix;
    private bool _isDisposed;

    /// <summary>Makes one with the default options.</summary>
    public CodDownload()
        : this(new CodDownloadOptions())
    {
    }

    /// <summary>Makes one.</summary>
    /// <param name="options">The options, which are copied.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> or a value in it is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A value is outside of its range.</exception>
    public CodDownload(CodDownloadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Validated();
        _http = new Lazy<HttpClient>(() => HttpClientBuilder.CreateClient(_options));
    }

    /// <summary>Sets the root folder of what is saved. The folder is made where it does not exist, and it is checked that it can be written.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is blank or is no path.</exception>
    /// <exception cref="DestinationException">The folder cannot be made or written.</exception>
    public void InitDirectory(string path) => InitDirectory(path, mayWrite: true);

    /// <summary>Sets the root folder of what is saved, and says whether it may be written.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="mayWrite">
    /// <see langword="true"/>: as <see cref="InitDirectory(string)"/>. <see langword="false"/>: nothing is made, tried or changed, for statistics and
    /// verifying of a folder that must not be touched, such as one on a read-only device; in one that is not there, everything is missing.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is blank or is no path.</exception>
    /// <exception cref="DestinationException">The folder cannot be made or written, or is a file.</exception>
    public void InitDirectory(string path, bool mayWrite)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _directory = mayWrite ? DestinationCheck.PrepareDirectory(path) : DestinationCheck.ExistingDirectory(path);
    }

    /// <summary>Sets the bucket by a URL, or a store on a disk by its folder.</summary>
    /// <param name="url">
    /// <c>https://host/bucket/prefix?token=…</c> (the prefix is given <c>dicomweb</c> as its last part, unless it ends so; the host is not
    /// looked at, see <see cref="CodDownloadOptions.Endpoint"/>), <c>gs://bucket/prefix</c> (as given), <c>file:///folder</c> or the path of a
    /// folder that holds <c>studies</c>, or <c>dicomweb/studies</c>. Without a token <see cref="CodDownloadOptions.Credential"/> is used.
    /// </param>
    /// <exception cref="ArgumentException">The URL is not one of these. The message never holds the token.</exception>
    public void InitBucket(string url)
    {
        var location = BucketUrl.Parse(url);
        if (location.Bucket is { } details)
        {
            InitBucket(details);
        }
        else
        {
            InitBucket(new DirectoryObjectStore(location.Folder!), DirectoryObjectStore.PrefixIn(location.Folder!));
        }
    }

    /// <summary>Sets the bucket.</summary>
    /// <param name="details">Bucket, prefix and token, used as given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="details"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The bucket's name is none that Cloud Storage allows, or the token holds what no token may.</exception>
    public void InitBucket(BucketDetails details)
    {
        ArgumentNullException.ThrowIfNull(details);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        BucketName.ThrowIfNotAllowed(details.Bucket, nameof(details));
        var credential = details.Token is null ? _options.Credential : CodCredential.FromAccessToken(details.Token);
        InitBucket(new GcsObjectStore(_options.HttpClientFactory ?? (() => _http.Value), details.Bucket, credential, _options), details.BucketPrefix);
    }

    /// <summary>Sets a store of your own.</summary>
    /// <param name="store">The store; it stays yours.</param>
    /// <param name="prefix">What stands before <c>studies/</c> in the names of its objects; <see langword="null"/> for nothing.</param>
    /// <exception cref="ArgumentNullException"><paramref name="store"/> is <see langword="null"/>.</exception>
    public void InitBucket(IObjectStore store, string? prefix)
    {
        ArgumentNullException.ThrowIfNull(store);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        (_store, _prefix) = (store, prefix);
    }

    /// <summary>Tells what studies hold and what of it is saved already. Fetches listings and indexes, no image.</summary>
    /// <param name="studyInstanceUids">The studies. Repeats count once.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The statistics. What is wrong with one series or study is in them, and hides no other.</returns>
    /// <remarks>Without <see cref="InitDirectory(string)"/> nothing counts as saved.</remarks>
    /// <exception cref="ArgumentException">There is no UID, or one that is blank or cannot be the name of a folder, or two differ only in case.</exception>
    /// <exception cref="InvalidOperationException">No bucket was set.</exception>
    /// <exception cref="ObjectStoreException">The bucket does not exist or may not be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<DownloadStats> GetStatsAsync(IEnumerable<string> studyInstanceUids, CancellationToken cancellationToken = default) =>
        GetStatsAsync(studyInstanceUids, zipOutput: false, cancellationToken);

    /// <inheritdoc cref="GetStatsAsync(IEnumerable{string}, CancellationToken)"/>
    /// <param name="studyInstanceUids">The studies. Repeats count once.</param>
    /// <param name="zipOutput">Whether to look for what is saved in zips instead of folders.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<DownloadStats> GetStatsAsync(IEnumerable<string> studyInstanceUids, bool zipOutput, CancellationToken cancellationToken = default)
    {
        var studies = ValidateStudies(studyInstanceUids);
        var store = Store();
        var logger = _options.LoggerFactory.CreateLogger<CodDownload>();
        using var objects = new ObjectReader(store, new RequestPolicy(_options, logger), _options.MaxConnections);
        var catalog = new CodCatalog(objects, _prefix, logger) { ReadsAttributes = true };
        var reader = new StatsReader(catalog, _directory is null ? null : CreateDestination(_directory, zipOutput));
        return await reader.ReadAsync(studies, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Prepares a job that saves what is missing below the directory, as files or as one zip a study.</summary>
    /// <param name="studyInstanceUids">The studies. Repeats count once.</param>
    /// <param name="zipOutput">
    /// <see langword="false"/> (the default): <c>{directory}/{study}/{series}/instances/{sop}.dcm</c>. <see langword="true"/>:
    /// <c>{directory}/{study}.zip</c> with entries <c>{series}/instances/{sop}.dcm</c>.
    /// </param>
    /// <param name="cancellationToken">Ends the preparation.</param>
    /// <returns>The job, which does nothing until it is started.</returns>
    /// <exception cref="ArgumentException">There is no UID, or one that is blank or cannot be the name of a folder, or two differ only in case.</exception>
    /// <exception cref="InvalidOperationException">No bucket or no directory was set.</exception>
    public Task<Job> DownloadAsync(IEnumerable<string> studyInstanceUids, bool zipOutput = false, CancellationToken cancellationToken = default)
    {
        var directory = _directory
            ?? throw new InvalidOperationException("No directory was set. Call InitDirectory first, or give a save handler.");
        return PrepareAsync(studyInstanceUids, CreateDestination(directory, zipOutput), cancellationToken);
    }

    /// <summary>Prepares a job that hands what is missing to a save handler.</summary>
    /// <param name="studyInstanceUids">The studies. Repeats count once.</param>
    /// <param name="saveHandler">Where the instances go; it stays yours.</param>
    /// <param name="cancellationToken">Ends the preparation.</param>
    /// <returns>The job, which does nothing until it is started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="saveHandler"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">There is no UID, or one that is blank or cannot be the name of a folder, or two differ only in case.</exception>
    /// <exception cref="InvalidOperationException">No bucket was set.</exception>
    public Task<Job> DownloadAsync(IEnumerable<string> studyInstanceUids, ISaveHandler saveHandler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(saveHandler);
        return PrepareAsync(studyInstanceUids, saveHandler, cancellationToken);
    }

    /// <summary>Forgets directory and bucket; the next call must set them anew. Jobs that run are not touched.</summary>
    public void Reset() => (_directory, _store, _prefix) = (null, null, null);

    /// <summary>Closes the connections. Jobs that still run fail.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    private Task<Job> PrepareAsync(IEnumerable<string> studyInstanceUids, ISaveHandler handler, CancellationToken cancellationToken)
    {
        var studies = ValidateStudies(studyInstanceUids);
        var store = Store();
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(new Job(new JobRunner(studies, store, _prefix, handler, _options)));
    }

    private IObjectStore Store()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _store ?? throw new InvalidOperationException("No bucket was set. Call InitBucket first.");
    }

    private IDestination CreateDestination(string directory, bool zipOutput)
    {
        var saving = new SavingOptions
        {
            CompressionLevel = _options.ZipCompression,
            TrustSavedLog = _options.TrustSavedLog,
            FlushToDisk = _options.FlushToDisk,
            FreeSpace = _options.CheckFreeSpace ? _options.FreeSpace : null,
            Logger = _options.LoggerFactory.CreateLogger<ISaveHandler>(),
            TimeProvider = _options.TimeProvider,
        };
        return zipOutput ? new ZipSaveHandler(directory, saving) : new FolderSaveHandler(directory, saving);
    }

    private static List<string> ValidateStudies(IEnumerable<string> studyInstanceUids)
    {
        ArgumentNullException.ThrowIfNull(studyInstanceUids);
        var studies = new List<string>();
        var known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var uid in studyInstanceUids)
        {
            var study = uid?.Trim() ?? "";
            if (!SafeUid.IsSafe(study))
            {
                throw new ArgumentException(
                    study.Length == 0
                        ? "A Study Instance UID is blank."
                        : $"A Study Instance UID may hold only letters, digits, dots, dashes and underscores, at most {SafeUid.MaxLength}; number {studies.Count + 1} of the list does not.",
                    nameof(studyInstanceUids));
            }

            if (known.TryAdd(study, study))
            {
                studies.Add(study);
            }
            else if (known[study] != study)
            {
                // UIDs are digits and dots (PS3.5, 9), but names of other kinds would meet in one folder, and in one zip, on some file systems.
                throw new ArgumentException(
                    $"Number {studies.Count + 1} of the list of studies differs from another one only in upper and lower case. Ask for each by itself, with a directory of its own.",
                    nameof(studyInstanceUids));
            }
        }

        return studies.Count > 0 ? studies : throw new ArgumentException("No Study Instance UID was given.", nameof(studyInstanceUids));
    }
}
