using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.DicomWeb;

/// <summary>Which receiver a <see cref="StowSaveHandler"/> sends to, and how. Copied when the handler is made; not thread-safe before.</summary>
public sealed class StowSaveHandlerOptions
{
    /// <summary>Initializes a new instance of the <see cref="StowSaveHandlerOptions"/> class.</summary>
    /// <param name="serviceUrl">The receiver's DICOMweb service, below which are <c>/studies</c> and <c>/instances</c>, for example <c>https://pacs.example/dicom-web</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="serviceUrl"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">It is not an absolute http or https URL, or has a user, a query or a fragment, or ends in <c>/studies</c>.</exception>
    public StowSaveHandlerOptions(Uri serviceUrl)
    {
        ArgumentNullException.ThrowIfNull(serviceUrl);
        if (!serviceUrl.IsAbsoluteUri || serviceUrl.Scheme is not ("http" or "https") || serviceUrl.UserInfo.Length > 0 || serviceUrl.Query.Length > 0 || serviceUrl.Fragment.Length > 0)
        {
            throw new ArgumentException("The service is named by an absolute http or https URL without user, query and fragment. Give user and password by UserName and Password.", nameof(serviceUrl));
        }

        if (serviceUrl.AbsolutePath.TrimEnd('/').EndsWith("/studies", StringComparison.Ordinal))
        {
            throw new ArgumentException("The service is named without /studies, which is appended to it. Give the address before that.", nameof(serviceUrl));
        }

        ServiceUrl = serviceUrl.AbsolutePath.EndsWith('/') ? serviceUrl : new Uri(serviceUrl.AbsoluteUri + "/");
    }

    /// <summary>Gets the receiver's DICOMweb service, with a slash at its end.</summary>
    public Uri ServiceUrl { get; }

    /// <summary>Gets or sets where access tokens come from. Default <see cref="CodCredential.Anonymous"/>. A token is sent over https, or to this machine, only.</summary>
    public CodCredential Credential { get; set; } = CodCredential.Anonymous;

    /// <summary>Gets or sets the user for basic authentication, used instead of <see cref="Credential"/>; <see langword="null"/>, the default, for none.</summary>
    public string? UserName { get; set; }

    /// <summary>Gets or sets the password of <see cref="UserName"/>. Default <see langword="null"/>. Sent over https, or to this machine, only.</summary>
    public string? Password { get; set; }

    /// <summary>Gets or sets a certificate, with its private key, by which the receiver knows this client; <see langword="null"/>, the default, for none. Not disposed.</summary>
    public X509Certificate2? ClientCertificate { get; set; }

    /// <summary>Gets or sets a file of certificate authorities (PEM) that are trusted besides those of the system; <see langword="null"/>, the default, for none.</summary>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary>
    /// Gets or sets what gives the client for each request; <see langword="null"/>, the default, for one of the handler's own, with the proxy of the environment. Clients are not
    /// disposed; they need an infinite <see cref="HttpClient.Timeout"/>, and <see cref="ClientCertificate"/> and <see cref="CertificateAuthorityFile"/> are then not used.
    /// </summary>
    public Func<HttpClient>? HttpClientFactory { get; set; }

    /// <summary>Gets or sets the most bytes of instances in one request. Default 64 MiB, at least 1. A larger instance is sent alone.</summary>
    public long MaxBatchBytes { get; set; } = 64 << 20;

    /// <summary>Gets or sets the most instances in one request. Default 100, at least 1.</summary>
    public int MaxBatchInstances { get; set; } = 100;

    /// <summary>Gets or sets the most requests to the receiver that carry instances at the same time. Default 4, at least 1.</summary>
    public int MaxRequests { get; set; } = 4;

    /// <summary>
    /// Gets or sets the most bytes of instances in memory. Default 64 MiB, at least 8. An instance of more than a quarter of it is sent alone, as it arrives, and can
    /// be sent only once in a job.
    /// </summary>
    public long MaxBufferedBytes { get; set; } = 64 << 20;

    /// <summary>Gets or sets what is checked after an instance was acknowledged. Default <see cref="DeliveryVerification.None"/>.</summary>
    public DeliveryVerification Verification { get; set; }

    /// <summary>Gets or sets whether the receiver is asked which instances it has before they are fetched (QIDO-RS). Default <see langword="true"/>.</summary>
    public bool AskForExisting { get; set; } = true;

    /// <summary>
    /// Gets or sets the directory for receipts, <c>.codretrieve/deliveries/{receiver}/{study}.jsonl</c>; <see langword="null"/>, the default, for none. With it a second
    /// run knows what was delivered, and that its bytes were those that the store lists now.
    /// </summary>
    public string? ReceiptDirectory { get; set; }

    /// <summary>Gets or sets how often an instance is sent that the receiver does not list. Default 3, at least 1.</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Gets or sets how long a receiver that is down or overloaded is waited for before the job ends. Default 15 minutes; zero to end at once.</summary>
    public TimeSpan MaxOutage { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Gets or sets the first wait before another attempt; it doubles each time up to <see cref="MaxRetryDelay"/>. Default 1 s, more than zero.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets the longest wait between attempts, unless the receiver asks for more (<c>Retry-After</c>). Default 30 s.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long a request may make no progress, the receiver's work on it included. Default 5 minutes, more than zero. A request as a whole has no limit.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets how long making a connection may take. Default 15 s, more than zero.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets or sets the log. Default none.</summary>
    public ILogger Logger { get; set; } = NullLogger.Instance;

    /// <summary>Gets or sets the clock. Default the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The receiver, for messages.</summary>
    internal string Receiver => ServiceUrl.AbsoluteUri.TrimEnd('/');

    internal StowSaveHandlerOptions Validated()
    {
        ArgumentNullException.ThrowIfNull(Credential);
        ArgumentNullException.ThrowIfNull(Logger);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBatchBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBatchInstances, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRequests, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBufferedBytes, 8);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxOutage, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, RetryDelay);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(IdleTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        OptionCheck.ThrowIfNotDefined(Verification, nameof(Verification));
        return (StowSaveHandlerOptions)MemberwiseClone();
    }
}
