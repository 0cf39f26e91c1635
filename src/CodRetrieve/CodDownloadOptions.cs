using System.IO.Compression;
using CodRetrieve.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve;

/// <summary>How a <see cref="CodDownload"/> works. Each has a default that suits Cloud Storage and a local disk.</summary>
/// <remarks>Read once, when the <see cref="CodDownload"/> is made; changes after that have no effect on it.</remarks>
public sealed class CodDownloadOptions
{
    /// <summary>
    /// Gets or sets the maximum number of requests that a job has in flight, those for listings and indexes included; each has a connection of its own.
    /// Default 64; from 1 to 256. A job begins with 8 and finds out how many bring more, see docs/performance.md.
    /// </summary>
    public int MaxConnections { get; set; } = 64;

    /// <summary>
    /// Gets or sets the number of requests in flight that a job does not go below, however the store responds. Default 1; from 1 to <see cref="MaxConnections"/>, and
    /// the same as that for a fixed number.
    /// </summary>
    public int MinConnections { get; set; } = 1;

    /// <summary>
    /// Gets or sets the limit, in bytes per second, of what a job's connections receive together; the bodies of indexes and tars count. Default
    /// <see langword="null"/>: none; else at least 1024.
    /// </summary>
    public long? MaxBytesPerSecond { get; set; }

    /// <summary>
    /// Gets or sets where access tokens come from when the bucket URL holds none. Default <see cref="CodCredential.Anonymous"/>.
    /// </summary>
    public CodCredential Credential { get; set; } = CodCredential.Anonymous;

    /// <summary>Gets or sets the root of the JSON API. Default <c>https://storage.googleapis.com/</c>; an emulator's address for tests.</summary>
    public Uri Endpoint { get; set; } = new("https://storage.googleapis.com/");

    /// <summary>
    /// Gets or sets the project to bill for requests to a requester-pays bucket (<c>userProject</c>). Default <see langword="null"/>: none.
    /// </summary>
    public string? UserProject { get; set; }

    /// <summary>
    /// Gets or sets how long a response, or the next bytes of one, may take before the connection counts as stalled; and how long the
    /// <see cref="Credential"/> may take to give a token. Default 30 s.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets the least rate, in bytes per second, at which a response must come while it is waited for, over each minute; a slower connection counts as
    /// stalled. Default 1024; 0 for no least rate.
    /// </summary>
    public int MinBytesPerSecond { get; set; } = 1024;

    /// <summary>
    /// Gets or sets how long making a connection may take. Default 10 s. Has no effect on an <see cref="HttpClient"/> that you give.
    /// </summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets a file with certificates of authorities (PEM) that are trusted besides those of the system, such as that of a proxy that inspects traffic. Default
    /// <see langword="null"/>: none. Read when the first request is made. Has no effect on an <see cref="HttpClient"/> that you give.
    /// </summary>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of retries of a request, or of a body that broke, without progress in between, while the store responds to other requests. Default 6;
    /// from 0 to 100; with 0 an outage is not waited out either.
    /// </summary>
    public int MaxRetryAttempts { get; set; } = 6;

    /// <summary>
    /// Gets or sets how long requests are tried again while the store gives nothing to any of them (an outage of the store or of the line), beyond
    /// <see cref="MaxRetryAttempts"/>. Default 15 minutes; from 0 to one day. <see cref="JobProgress.OutageDuration"/> tells of it meanwhile.
    /// </summary>
    public TimeSpan MaxOutage { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Gets or sets the wait before the first retry, doubled for each further one, with jitter. Default 0.5 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// Gets or sets the longest wait before a retry. Default 30 s. What the store asks for by <c>Retry-After</c> is waited for up to the longer of this and what is
    /// left of <see cref="MaxOutage"/>.
    /// </summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets how the entries of study zips are compressed. Default <see cref="CompressionLevel.NoCompression"/>: stored, at the speed of the
    /// disk. DICOM pixel data is often compressed already, and deflating runs at some tens of MB a second on one processor.
    /// </summary>
    public CompressionLevel ZipCompression { get; set; } = CompressionLevel.NoCompression;

    /// <summary>
    /// Gets or sets how study zips are encrypted: <c>AesZipEncryption</c> of the package <c>CodRetrieve.SharpZipLib</c>. Default <see langword="null"/>: not at all.
    /// </summary>
    public ZipEncryption? ZipEncryption { get; set; }

    /// <summary>
    /// Gets or sets what changes instances between their verification and their saving into the directory. Default <see langword="null"/>: nothing, they are saved as the store has them. A directory with
    /// instances that were transformed is continued and repaired with a transform only. Has no effect on a save handler of your own.
    /// </summary>
    public IInstanceTransform? Transform { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether an instance named in <c>log.json</c> counts as saved even if its file is not there. Default <see langword="false"/>: the
    /// disk decides. Set it for folders whose files are moved away after they were saved.
    /// </summary>
    public bool TrustSavedLog { get; set; }

    /// <summary>
    /// Gets or sets what happens to an instance that is in the directory already. Default <see cref="ExistingFilePolicy.VerifyAndReplace"/>: it is kept if it
    /// is what the store lists now, else fetched again.
    /// </summary>
    public ExistingFilePolicy ExistingFilePolicy { get; set; } = ExistingFilePolicy.VerifyAndReplace;

    /// <summary>
    /// Gets or sets when what is saved is made durable, so that a power failure does not take it. Default <see cref="Durability.Study"/>: once for each
    /// study, before it counts as done.
    /// </summary>
    public Durability Durability { get; set; } = Durability.Study;

    /// <summary>
    /// Gets or sets where instances are put below the directory, or in the zip of their study. Default <see cref="FolderLayout.Default"/>.
    /// </summary>
    public FolderLayout Layout { get; set; } = FolderLayout.Default;

    /// <summary>
    /// Gets or sets a value indicating whether files that were saved in another <see cref="Layout"/> are moved to where this one has them, when their studies are saved again. Default
    /// <see langword="false"/>: another layout is an error. Zips are not moved.
    /// </summary>
    public bool Relayout { get; set; }

    /// <summary>
    /// Gets or sets which time saved files, and the entries of zips, get. Default <see cref="FileTimes.Saved"/>. Files that are there already keep theirs.
    /// </summary>
    public FileTimes FileTimes { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether the space that is free is compared with the space needed for each series before it is fetched, so that a job stops before
    /// the device is full. Default <see langword="true"/>. Without it, and where the system does not tell what is free, a job stops when the
    /// device is full; then too what is saved stays whole. A save handler of your own is not asked.
    /// </summary>
    public bool CheckFreeSpace { get; set; } = true;

    /// <summary>
    /// Gets or sets the coldest storage class that images are fetched from, for stores whose objects move to classes that cost a retrieval fee. Default <see langword="null"/>: any. A series whose
    /// tar is in a colder one is not fetched: it has the <see cref="SeriesProblem.StorageClass"/> problem, and the job is incomplete. Listings and indexes are read all the same. Has no effect on objects whose class the
    /// store does not list.
    /// </summary>
    public StorageClass? MaxStorageClass { get; set; }

    /// <summary>
    /// Gets or sets how long a job waits, after all others, for studies that another job is saving into the same directory. Then they are in its
    /// result as <see cref="JobResult.BusyStudies"/>. Default 30 s; from 0 to one day.
    /// </summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets how long a job waits for a series that is being edited in the store: whose index and tar do not belong together, with a writer's lock
    /// younger than an hour beside them. It is listed again meanwhile, and fetched when it is whole; after that it fails with a
    /// <see cref="SeriesBeingEditedException"/>. Other series are fetched in the meantime. Default 2 minutes; from 0 to one day.
    /// </summary>
    public TimeSpan EditWaitTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Gets or sets a function that returns the client which sends the requests, those of a <see cref="Credential"/> for its tokens included, for hosts with proxies, client certificates or handlers of their own. Default
    /// <see langword="null"/>: one is made and disposed by the <see cref="CodDownload"/>. Called once for each job, statistics and verification, and for each request of a token. A client that you
    /// give stays yours; its handler must
    /// allow <see cref="MaxConnections"/> connections, must not unpack content (<c>AutomaticDecompression</c>) and should not follow redirects.
    /// </summary>
    public Func<HttpClient>? HttpClientFactory { get; set; }

    /// <summary>Gets or sets the factory of the loggers. Default: nothing is logged.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Gets or sets the clock for time limits, waits and rates. Default <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal Func<long?> MaxOpenFiles { get; set; } = IO.Posix.MaxOpenFiles;

    internal Func<string, long?> FreeSpace { get; set; } = IO.FreeSpace.In;

    /// <summary>Limits that a job keeps together with whatever else was given the same ones.</summary>
    internal IReadOnlyList<BandwidthLimit> SharedLimits { get; set; } = [];

    internal CodDownloadOptions Validated()
    {
        _ = CertificateCheck.LoadAuthorities(CertificateAuthorityFile);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnections, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxConnections, 256);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinConnections, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MinConnections, MaxConnections);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytesPerSecond ?? long.MaxValue, 1024, nameof(MaxBytesPerSecond));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRetryAttempts);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxRetryAttempts, 100);
        ThrowIfNotPositive(IdleTimeout, nameof(IdleTimeout));
        ThrowIfNotPositive(ConnectTimeout, nameof(ConnectTimeout));
        ThrowIfNotPositive(RetryDelay, nameof(RetryDelay));
        ThrowIfNotPositive(MaxRetryDelay, nameof(MaxRetryDelay));
        ArgumentOutOfRangeException.ThrowIfNegative(MinBytesPerSecond);
        ThrowIfNotWithinDay(MaxOutage, nameof(MaxOutage));
        ThrowIfNotWithinDay(LockTimeout, nameof(LockTimeout));
        ThrowIfNotWithinDay(EditWaitTimeout, nameof(EditWaitTimeout));
        OptionCheck.ThrowIfNotDefined(ExistingFilePolicy, nameof(ExistingFilePolicy));
        OptionCheck.ThrowIfNotDefined(Durability, nameof(Durability));
        OptionCheck.ThrowIfNotDefined(FileTimes, nameof(FileTimes));
        OptionCheck.ThrowIfNotDefined(MaxStorageClass ?? StorageClass.Standard, nameof(MaxStorageClass));
        ArgumentNullException.ThrowIfNull(Credential);
        ArgumentNullException.ThrowIfNull(Layout);
        Layout.Validated();
        TransformIdentity.Of(Transform);
        ArgumentNullException.ThrowIfNull(LoggerFactory);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentNullException.ThrowIfNull(Endpoint);
        if (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException("The endpoint must be an absolute http or https address.", nameof(Endpoint));
        }

        var copy = (CodDownloadOptions)MemberwiseClone();
        if (!Endpoint.AbsolutePath.EndsWith('/'))
        {
            copy.Endpoint = new Uri(Endpoint.AbsoluteUri + "/");
        }

        return copy;
    }

    private static void ThrowIfNotWithinDay(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1), name);
    }

    private static void ThrowIfNotPositive(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
        {
            throw new ArgumentOutOfRangeException(name, value, "The time must be above zero and at most one day.");
        }
    }
}
