using CodRetrieve.Catalog;
using CodRetrieve.Jobs;
using CodRetrieve.Saving;
using CodRetrieve.Selecting;
using CodRetrieve.Storage;
using Microsoft.Extensions.Logging;

namespace CodRetrieve;

/// <summary>
/// Retrieves DICOM studies from a Cloud Optimized DICOM store: set where to save and where to read, see what is missing, fetch it.
/// </summary>
/// <remarks>
/// <para>Call <see cref="InitDirectory(string)"/> and one of the <c>InitBucket</c> methods first. These and <see cref="Reset"/> are not safe for use by several
/// threads; all other members are, once these are done. Several jobs, of one or more processes, may save into the same directory at the same
/// time: a study belongs to one of them at a time.</para>
/// <para>Disposing cancels the jobs that are running, waits for them and closes their connections.</para>
/// </remarks>
public sealed partial class CodDownload : IAsyncDisposable
{
    private readonly CodDownloadOptions _options;
    private readonly HttpClientSource _http;
    private readonly RunningJobs _running = new();
    private string? _directory;
    private Func<IObjectStore>? _openStore;
    private string? _prefix;
    private string? _storeFolder;
    private bool _isDisposed;

    /// <summary>Initializes a new instance of the <see cref="CodDownload"/> class with the default options.</summary>
    public CodDownload()
        : this(new CodDownloadOptions())
    {
    }

    /// <summary>Initializes a new instance of the <see cref="CodDownload"/> class.</summary>
    /// <param name="options">The options, which are copied.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> or a value in it is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A value is outside of its range.</exception>
    public CodDownload(CodDownloadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Validated();
        _http = new HttpClientSource(_options);
    }

    /// <summary>Sets the root directory of what is saved. It is created where it does not exist, and checked to be writable.</summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is blank or is no path.</exception>
    /// <exception cref="DestinationException">The directory cannot be created or written, is a file, or is in the store that was set.</exception>
    /// <exception cref="ObjectDisposedException">This instance was disposed.</exception>
    public void InitDirectory(string path) => InitDirectory(path, readOnly: false);

    /// <summary>Sets the root directory of what is saved, and whether it is only read.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="readOnly">
    /// <see langword="false"/>: as <see cref="InitDirectory(string)"/>. <see langword="true"/>: nothing is created, tried or changed, for statistics and
    /// verification of a directory that must not be touched, such as one on a read-only device. In a directory that does not exist, everything is
    /// missing.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is blank or is no path.</exception>
    /// <exception cref="DestinationException">The directory cannot be created or written, is a file, or is in the store that was set.</exception>
    /// <exception cref="ObjectDisposedException">This instance was disposed.</exception>
    public void InitDirectory(string path, bool readOnly)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (readOnly)
        {
            _directory = DestinationCheck.ExistingDirectory(path);
            return;
        }

        ThrowIfInStore(DestinationCheck.FullPath(path), _storeFolder);
        _directory = DestinationCheck.PrepareDirectory(path);
    }

    /// <summary>Sets the bucket by a URL, or a store on a disk by its folder.</summary>
    /// <param name="url">
    /// <c>https://host/bucket/prefix?token=…</c> (the prefix is given <c>dicomweb</c> as its last part, unless it ends so; the host is not
    /// looked at, see <see cref="CodDownloadOptions.Endpoint"/>, unless it is <c>bucket.storage.googleapis.com</c>), <c>gs://bucket/prefix</c> or the address of a folder in Google's
    /// console (as given), <c>file:///folder</c> or the path of a folder that holds <c>studies</c>, or <c>dicomweb/studies</c>. Without a token <see cref="CodDownloadOptions.Credential"/> is used.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The URL is not one of these, or an environment variable such as <c>HTTPS_PROXY</c> holds no address of a proxy. The message never holds the token.
    /// </exception>
    /// <exception cref="DestinationException">The directory that was set is in the store.</exception>
    public void InitBucket(string url)
    {
        var location = BucketUrl.Parse(url);
        if (location.Bucket is { } details)
        {
            InitBucket(details);
        }
        else
        {
            ThrowIfInStore(_directory, location.Folder);
            var store = new DirectoryObjectStore(location.Folder!);
            SetStore(() => store, DirectoryObjectStore.PrefixIn(location.Folder!));
            _storeFolder = location.Folder;
        }
    }

    /// <summary>Sets the bucket.</summary>
    /// <param name="details">Bucket, prefix and token, used as given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="details"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// The bucket's name is none that Cloud Storage allows, the token holds what no token may, or an environment variable such as <c>HTTPS_PROXY</c> holds no address of a proxy.
    /// </exception>
    public void InitBucket(BucketDetails details)
    {
        ArgumentNullException.ThrowIfNull(details);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        BucketName.ThrowIfNotAllowed(details.Bucket, nameof(details));
        _http.ThrowIfNotUsable();
        var credential = details.Token is null ? _options.Credential : CodCredential.FromAccessToken(details.Token);
        var store = new GcsObjectStore(_http, details.Bucket, credential, _options);
        SetStore(_options.HttpClientFactory is null ? () => store : () => Bounded(store.WithOneClient()), details.BucketPrefix);
    }

    /// <summary>Sets a store of your own.</summary>
    /// <param name="store">
    /// The store; it stays yours. A call of it that takes no notice of its token is given up: when the job is cancelled, when a read brings nothing for
    /// <see cref="CodDownloadOptions.IdleTimeout"/>, and after ten times that otherwise.
    /// </param>
    /// <param name="prefix">What stands before <c>studies/</c> in the names of its objects; <see langword="null"/> for nothing.</param>
    /// <exception cref="ArgumentNullException"><paramref name="store"/> is <see langword="null"/>.</exception>
    public void InitBucket(IObjectStore store, string? prefix)
    {
        ArgumentNullException.ThrowIfNull(store);
        var bounded = Bounded(store);
        SetStore(() => bounded, prefix);
    }

    /// <summary>Returns what studies hold and how much of it is saved already. Fetches listings and indexes, no image.</summary>
    /// <param name="studyInstanceUids">The studies. Repeats count once.</param>
    /// <param name="format">The form in which to look for what is saved. Default <see cref="OutputFormat.Folder"/>.</param>
    /// <param name="selection">Which instances of the studies; <see langword="null"/>, the default, for all.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The statistics. What is wrong with one series or study is in them, and hides no other.</returns>
    /// <remarks>Without <see cref="InitDirectory(string)"/> nothing counts as saved.</remarks>
    /// <exception cref="ArgumentException">There is no UID, or one that is blank or cannot be the name of a folder, or two differ only in case; or the <paramref name="selection"/> has one, or names an attribute that is not known.</exception>
    /// <exception cref="InvalidOperationException">No bucket was set.</exception>
    /// <exception cref="ObjectStoreException">The bucket does not exist or may not be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<DownloadStats> GetStatsAsync(
        IEnumerable<string> studyInstanceUids, OutputFormat format = OutputFormat.Folder, Selection? selection = null, CancellationToken cancellationToken = default) =>
        ReadStatsAsync(StudyUids.Validate(studyInstanceUids), _directory is null ? null : CreateHandler(_directory, format), null, PlanOf(selection, null), cancellationToken);

    /// <summary>
    /// Reads the metadata of studies, computes statistics and returns a job that saves what is missing below the directory. The job uses what was read,
    /// and reads no listing or index twice; a tar that changes until then is planned again.
    /// </summary>
    /// <param name="studyInstanceUids">The studies. Repeats count once.</param>
    /// <param name="format">The form to save in. Default <see cref="OutputFormat.Folder"/>.</param>
    /// <param name="selection">Which instances of the studies; <see langword="null"/>, the default, for all.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The job, ready to run, with <see cref="Job.Stats"/>.</returns>
    /// <remarks>
    /// Holds the metadata of all instances until the job has ended, some hundred bytes each. For tens of thousands of studies use
    /// <see cref="CreateJob(IEnumerable{string}, OutputFormat, Selection)"/>, which plans while it runs.
    /// </remarks>
    /// <exception cref="ArgumentException">There is no UID, or one that is blank or cannot be the name of a folder, or two differ only in case; or the <paramref name="selection"/> has one, or names an attribute that is not known.</exception>
    /// <exception cref="InvalidOperationException">No bucket or no directory was set.</exception>
    /// <exception cref="ObjectStoreException">The bucket does not exist or may not be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<Job> DownloadAsync(
        IEnumerable<string> studyInstanceUids, OutputFormat format = OutputFormat.Folder, Selection? selection = null, CancellationToken cancellationToken = default) =>
        PrepareAsync(studyInstanceUids, CreateHandler(format), selection, cancellationToken);

    /// <summary>Reads the metadata of studies, computes statistics and returns a job that hands what is missing to a save handler.</summary>
    /// <param name="studyInstanceUids">The studies. Repeats count once.</param>
    /// <param name="saveHandler">Where the instances go; it stays yours.</param>
    /// <param name="selection">Which instances of the studies; <see langword="null"/>, the default, for all.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The job, ready to run, with <see cref="Job.Stats"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="saveHandler"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">There is no UID, or one that is blank or cannot be the name of a folder, or two differ only in case; or the <paramref name="selection"/> has one, or names an attribute that is not known.</exception>
    /// <exception cref="InvalidOperationException">No bucket was set.</exception>
    /// <exception cref="ObjectStoreException">The bucket does not exist or may not be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<Job> DownloadAsync(IEnumerable<string> studyInstanceUids, ISaveHandler saveHandler, Selection? selection = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(saveHandler);
        return PrepareAsync(studyInstanceUids, saveHandler, selection, cancellationToken);
    }

    /// <summary>
    /// Creates a job that saves what is missing below the directory and plans while it runs: it begins at once, and its memory does not grow with the
    /// number of instances. <see cref="Job.Stats"/> is there when everything is planned.
    /// </summary>
    /// <param name="studyInstanceUids">The studies. Repeats count once.</param>
    /// <param name="format">The form to save in. Default <see cref="OutputFormat.Folder"/>.</param>
    /// <param name="selection">Which instances of the studies; <see langword="null"/>, the default, for all.</param>
    /// <returns>The job, ready to run. Nothing has been read.</returns>
    /// <exception cref="ArgumentException">There is no UID, or one that is blank or cannot be the name of a folder, or two differ only in case; or the <paramref name="selection"/> has one, or names an attribute that is not known.</exception>
    /// <exception cref="InvalidOperationException">No bucket or no directory was set.</exception>
    public Job CreateJob(IEnumerable<string> studyInstanceUids, OutputFormat format = OutputFormat.Folder, Selection? selection = null) =>
        Create(StudyUids.Validate(studyInstanceUids), CreateHandler(format), selection);

    /// <inheritdoc cref="CreateJob(IEnumerable{string}, OutputFormat, Selection)"/>
    /// <summary>Creates a job that hands what is missing to a save handler and plans while it runs.</summary>
    /// <param name="studyInstanceUids">The studies. Repeats count once.</param>
    /// <param name="saveHandler">Where the instances go; it stays yours.</param>
    /// <param name="selection">Which instances of the studies; <see langword="null"/>, the default, for all.</param>
    /// <exception cref="ArgumentNullException"><paramref name="saveHandler"/> is <see langword="null"/>.</exception>
    public Job CreateJob(IEnumerable<string> studyInstanceUids, ISaveHandler saveHandler, Selection? selection = null)
    {
        ArgumentNullException.ThrowIfNull(saveHandler);
        return Create(StudyUids.Validate(studyInstanceUids), saveHandler, selection);
    }

    /// <summary>
    /// Creates a job over studies that are enumerated while it runs, such as the lines of a long list. A UID that is not valid ends the job with an
    /// <see cref="ArgumentException"/>.
    /// </summary>
    /// <param name="studyInstanceUids">The studies. Repeats count once.</param>
    /// <param name="format">The form to save in. Default <see cref="OutputFormat.Folder"/>.</param>
    /// <param name="selection">Which instances of the studies; <see langword="null"/>, the default, for all.</param>
    /// <returns>The job, ready to run. Nothing has been read.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="studyInstanceUids"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">No bucket or no directory was set.</exception>
    public Job CreateJob(IAsyncEnumerable<string> studyInstanceUids, OutputFormat format = OutputFormat.Folder, Selection? selection = null) => Create(studyInstanceUids, CreateHandler(format), selection);

    /// <inheritdoc cref="CreateJob(IAsyncEnumerable{string}, OutputFormat, Selection)"/>
    /// <param name="studyInstanceUids">The studies. Repeats count once.</param>
    /// <param name="saveHandler">Where the instances go; it stays yours.</param>
    /// <param name="selection">Which instances of the studies; <see langword="null"/>, the default, for all.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public Job CreateJob(IAsyncEnumerable<string> studyInstanceUids, ISaveHandler saveHandler, Selection? selection = null)
    {
        ArgumentNullException.ThrowIfNull(saveHandler);
        return Create(studyInstanceUids, saveHandler, selection);
    }

    /// <summary>Forgets directory and bucket; they must be set again before the next call. Jobs are not affected.</summary>
    public void Reset() => (_directory, _openStore, _prefix, _storeFolder) = (null, null, null, null);

    /// <summary>Cancels the jobs that are running, waits for their ends and closes the connections. Jobs that were not run can no longer be.</summary>
    /// <returns>A task that ends when everything is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await _running.EndAsync().ConfigureAwait(false);
        _http.Dispose();
    }

    private async Task<Job> PrepareAsync(IEnumerable<string> studyInstanceUids, ISaveHandler handler, Selection? selection, CancellationToken cancellationToken)
    {
        var studies = StudyUids.Validate(studyInstanceUids);
        var plan = PlanOf(selection, handler);
        var snapshot = new CatalogSnapshot();
        var stats = await ReadStatsAsync(studies, handler, snapshot, plan, cancellationToken).ConfigureAwait(false);
        return CreateJob(handler, _ => snapshot, studies.Count, plan, stats);
    }

    private Job Create(IReadOnlyList<string> studies, ISaveHandler handler, Selection? selection)
    {
        var plan = PlanOf(selection, handler);
        return CreateJob(handler, catalog => Selected(new CatalogEnumeration(catalog, studies, _options.MaxConnections), plan), studies.Count, plan, null);
    }

    private Job Create(IAsyncEnumerable<string> studies, ISaveHandler handler, Selection? selection)
    {
        ArgumentNullException.ThrowIfNull(studies);
        var plan = PlanOf(selection, handler);
        return CreateJob(handler, catalog => Selected(new CatalogEnumeration(catalog, StudyUids.ValidateAsync(studies), _options.MaxConnections), plan), null, plan, null);
    }

    private Job CreateJob(ISaveHandler handler, Func<CodCatalog, ICatalogSource> source, int? studyCount, SelectionPlan? plan, DownloadStats? stats)
    {
        var logger = _options.LoggerFactory.CreateLogger<Job>();
        var runner = new JobRunner(Store(), _prefix, handler, source, _options, logger) { StudyCount = studyCount, Selection = plan, LeftOut = stats?.LeftOut ?? default };
        return new Job(runner, _running, stats);
    }

    private async Task<DownloadStats> ReadStatsAsync(
        IReadOnlyList<string> studies, ISaveHandler? handler, CatalogSnapshot? snapshot, SelectionPlan? plan, CancellationToken cancellationToken)
    {
        var store = Store();
        var logger = _options.LoggerFactory.CreateLogger<CodDownload>();
        using var budget = new RequestBudget(_options);
        var objects = new ObjectReader(store, new RequestPolicy(_options, logger), budget);
        var catalog = CreateCatalog(objects, logger, plan, withSeriesAttributes: true);
        return await new StatsReader(catalog, handler, snapshot).ReadAsync(Selected(new CatalogEnumeration(catalog, studies, _options.MaxConnections), plan), cancellationToken).ConfigureAwait(false);
    }

    private CodCatalog CreateCatalog(ObjectReader objects, ILogger logger, SelectionPlan? plan, bool withSeriesAttributes = false) =>
        CreateCatalog(objects, _prefix, logger, plan, withSeriesAttributes);

    private CodCatalog CreateCatalog(ObjectReader objects, string? prefix, ILogger logger, SelectionPlan? plan, bool withSeriesAttributes = false) => new(objects, prefix, logger)
    {
        Needs = (plan?.Needs ?? new AttributeNeeds()) with { OfSeries = withSeriesAttributes },
        IsSeriesWanted = plan is null ? null : plan.IsSeriesWanted,
        MaxStorageClass = _options.MaxStorageClass,
    };

    // The places of a layout are made of attributes, too.
    private SelectionPlan? PlanOf(Selection? selection, ISaveHandler? handler)
    {
        var layout = handler is null ? _options.Layout : (InnermostHandler.Of(handler) as DirectorySaveHandler)?.Layout ?? FolderLayout.Default;
        return selection is null && layout.IsDefault ? null : new SelectionPlan(selection ?? new Selection(), layout);
    }

    private static ICatalogSource Selected(ICatalogSource source, SelectionPlan? plan) => plan is null ? source : new SelectingSource(source, plan);

    private BoundedObjectStore Bounded(IObjectStore store) => new(store, _options.IdleTimeout, _options.TimeProvider);

    private void SetStore(Func<IObjectStore> openStore, string? prefix)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        (_openStore, _prefix, _storeFolder) = (openStore, prefix, null);
    }

    private static void ThrowIfInStore(string? directory, string? store)
    {
        if (directory is not null && store is not null)
        {
            DestinationCheck.ThrowIfInStore(directory, store);
        }
    }

    /// <summary>The store as one job, or one reading, uses it.</summary>
    private IObjectStore Store()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _openStore?.Invoke() ?? throw new InvalidOperationException("No bucket was set. Call InitBucket first.");
    }

    private DirectorySaveHandler CreateHandler(OutputFormat format) => CreateHandler(
        _directory ?? throw new InvalidOperationException("No directory was set. Call InitDirectory first, or pass a save handler."), format);

    private DirectorySaveHandler CreateHandler(string directory, OutputFormat format) => format switch
    {
        OutputFormat.Folder => new FolderSaveHandler(directory, CreateSavingOptions()),
        OutputFormat.Zip => new ZipSaveHandler(directory, CreateSavingOptions()),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such output format."),
    };

    private SavingOptions CreateSavingOptions() => new()
    {
        CompressionLevel = _options.ZipCompression,
        ZipEncryption = _options.ZipEncryption,
        Transform = _options.Transform,
        TrustSavedLog = _options.TrustSavedLog,
        ExistingFilePolicy = _options.ExistingFilePolicy,
        Durability = _options.Durability,
        FileTimes = _options.FileTimes,
        Layout = _options.Layout,
        Relayout = _options.Relayout,
        CheckFreeSpace = _options.CheckFreeSpace,
        FreeSpace = _options.FreeSpace,
        LoggerFactory = _options.LoggerFactory,
        TimeProvider = _options.TimeProvider,
    };
}
