using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Dimse;

/// <summary>How a <see cref="DimseSaveHandler"/> delivers. Copied by the handler; not safe for use by several threads while it is changed.</summary>
public sealed class DimseSaveOptions
{
    /// <summary>
    /// Gets or sets how many associations are open at the same time at most. Default 4; 1 to 64. Where the archive accepts fewer, the handler continues with as many as it accepts.
    /// </summary>
    public int MaxAssociations { get; set; } = 4;

    /// <summary>
    /// Gets or sets how often an instance is tried while the archive is out of resources (A7xx), or the association breaks. Default 5; 1 to 20. Attempts after the first one send
    /// kept bytes, see <see cref="RetryBufferBytes"/>.
    /// </summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>Gets or sets the wait before the second attempt; each further one waits twice as long, at most a minute. Default 2 s; zero to a minute.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets or sets how long an archive that cannot be reached, or is busy, is waited for before the job ends. Default 15 min; zero, to end at once, to a day. See
    /// <see cref="MaxInitialOutage"/> for the first association.
    /// </summary>
    public TimeSpan MaxOutage { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Gets or sets how long an archive is waited for with which this handler has never had an association: its address may be wrong. Default 5 s; zero, to end at once, to a day.
    /// Set it to <see cref="MaxOutage"/> where the archive may be down when a job begins.
    /// </summary>
    public TimeSpan MaxInitialOutage { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets whether the archive is asked, for each series, which instances it has before they are fetched (C-FIND, Study Root). Default <see langword="true"/>. Where it does not
    /// accept that, receipts alone count: see <see cref="DimseSaveHandler.QueryFailure"/>.
    /// </summary>
    public bool AskForExisting { get; set; } = true;

    /// <summary>
    /// Gets or sets whether the archive is asked for each instance that it confirmed (C-FIND). Default <see langword="false"/>. Shows that it is there, not that its bytes are those that
    /// were sent: C-STORE has no way to read back.
    /// </summary>
    public bool VerifyExistence { get; set; }

    /// <summary>
    /// Gets or sets the directory for receipts, <c>.codretrieve/deliveries/{archive}/{study}.jsonl</c>; <see langword="null"/>, the default, for none. With it a second
    /// run knows what was delivered, and that its bytes were those that the store lists now.
    /// </summary>
    public string? ReceiptDirectory { get; set; }

    /// <summary>
    /// Gets or sets how storage commitment is requested when the instances of a study are delivered; <see langword="null"/>, the default, for not at all.
    /// </summary>
    public StorageCommitmentOptions? StorageCommitment { get; set; }

    /// <summary>
    /// Gets or sets how many bytes of an instance are kept in memory while it is sent, so that it can be sent again; a larger instance fails where another attempt is needed, and the next
    /// job fetches it again. Default 16 MiB; zero to 1 GiB. Together <see cref="MaxAssociations"/> times as much is kept at most, for instances that wait for another attempt, too. 128 KiB of
    /// each are kept in any case.
    /// </summary>
    public long RetryBufferBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Gets or sets how long connecting and the TLS handshake may take. Default 15 s; more than zero.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets or sets how long the archive may take to accept or release an association (the ARTIM timer of DICOM PS3.8, section 9.1.5). Default 30 s; more than zero.</summary>
    public TimeSpan AssociationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long the archive may take none of the bytes that are sent to it. Default 60 s; more than zero.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets or sets how long the archive may take to respond after it received a whole instance. Default 5 min; more than zero.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets after how long an association that is not in use is released. Default 20 s; more than zero.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Gets or sets the certificate that this side shows to an archive that asks for one, with its private key; needs <c>tls=true</c>. Default <see langword="null"/>: none. It stays the
    /// caller's, who disposes it after the handler.
    /// </summary>
    public X509Certificate2? ClientCertificate { get; set; }

    /// <summary>
    /// Gets or sets the certificate authorities that are trusted for the archive besides those of the system; needs <c>tls=true</c>. Default <see langword="null"/>: none besides them.
    /// </summary>
    public X509Certificate2Collection? CertificateAuthorities { get; set; }

    /// <summary>Gets or sets the log. Default none.</summary>
    public ILogger Logger { get; set; } = NullLogger.Instance;

    /// <summary>Gets or sets the clock of waits and timeouts. Default <see cref="System.TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    // An item of a report refers to one instance by two UIDs, and may say where to retrieve it.
    internal int MaxReportBytes => (64 * 1024) + (1024 * (StorageCommitment?.MaxInstances ?? 0));

    internal DimseSaveOptions Copy()
    {
        Check(MaxAssociations is >= 1 and <= 64, MaxAssociations, "1 to 64", nameof(MaxAssociations));
        Check(MaxAttempts is >= 1 and <= 20, MaxAttempts, "1 to 20", nameof(MaxAttempts));
        Check(RetryDelay >= TimeSpan.Zero && RetryDelay <= TimeSpan.FromMinutes(1), RetryDelay, "zero to a minute", nameof(RetryDelay));
        Check(RetryBufferBytes is >= 0 and <= 1024 * 1024 * 1024, RetryBufferBytes, "zero to 1 GiB", nameof(RetryBufferBytes));
        Check(MaxOutage >= TimeSpan.Zero && MaxOutage <= TimeSpan.FromDays(1), MaxOutage, "zero to a day", nameof(MaxOutage));
        Check(MaxInitialOutage >= TimeSpan.Zero && MaxInitialOutage <= TimeSpan.FromDays(1), MaxInitialOutage, "zero to a day", nameof(MaxInitialOutage));
        CheckTimeout(ConnectTimeout, nameof(ConnectTimeout));
        CheckTimeout(AssociationTimeout, nameof(AssociationTimeout));
        CheckTimeout(IdleTimeout, nameof(IdleTimeout));
        CheckTimeout(ResponseTimeout, nameof(ResponseTimeout));
        CheckTimeout(KeepAlive, nameof(KeepAlive));
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentNullException.ThrowIfNull(Logger);
        var copy = (DimseSaveOptions)MemberwiseClone();
        copy.StorageCommitment = StorageCommitment?.Copy();
        return copy;
    }

    internal static void CheckTimeout(TimeSpan value, string name) => Check(value > TimeSpan.Zero && value <= TimeSpan.FromDays(1), value, "more than zero, at most a day", name);

    internal static void Check<T>(bool isValid, T value, string range, string name)
    {
        if (!isValid)
        {
            throw new ArgumentOutOfRangeException(name, value, $"The value must be {range}.");
        }
    }
}
