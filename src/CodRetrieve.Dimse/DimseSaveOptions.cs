using System.Security.Cryptography.X509Certificates;

namespace CodRetrieve.Dimse;

/// <summary>How a <see cref="DimseSaveHandler"/> delivers. Copied by the handler; not safe for use by several threads while it is changed.</summary>
public sealed class DimseSaveOptions
{
    /// <summary>
    /// Gets or sets how many associations are open at the same time at most. Default 4; 1 to 64. Where the archive accepts fewer, the handler continues with as many as it accepts.
    /// </summary>
    public int MaxAssociations { get; set; } = 4;

    /// <summary>
    /// Gets or sets how often an instance is tried while the archive is out of resources (A7xx), busy, or the association breaks. Default 5; 1 to 20. Attempts after the first one send
    /// kept bytes, see <see cref="RetryBufferBytes"/>.
    /// </summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>Gets or sets the wait before the second attempt; each further one waits twice as long, at most a minute. Default 2 s; zero to a minute.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets or sets how many bytes of an instance are kept in memory while it is sent, so that it can be sent again; a larger instance fails where another attempt is needed, and the next
    /// job fetches it again. Default 16 MiB, for each instance that is being sent or waits for another attempt; zero to 1 GiB. 128 KiB are kept in any case.
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
    /// Gets or sets the authorities that the archive's certificate is checked against in place of those of the system; needs <c>tls=true</c>. Default <see langword="null"/>: those of the
    /// system.
    /// </summary>
    public X509Certificate2Collection? CertificateAuthorities { get; set; }

    /// <summary>Gets or sets the clock of waits and timeouts. Default <see cref="System.TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal DimseSaveOptions Copy()
    {
        Check(MaxAssociations is >= 1 and <= 64, MaxAssociations, "1 to 64", nameof(MaxAssociations));
        Check(MaxAttempts is >= 1 and <= 20, MaxAttempts, "1 to 20", nameof(MaxAttempts));
        Check(RetryDelay >= TimeSpan.Zero && RetryDelay <= TimeSpan.FromMinutes(1), RetryDelay, "zero to a minute", nameof(RetryDelay));
        Check(RetryBufferBytes is >= 0 and <= 1024 * 1024 * 1024, RetryBufferBytes, "zero to 1 GiB", nameof(RetryBufferBytes));
        CheckTimeout(ConnectTimeout, nameof(ConnectTimeout));
        CheckTimeout(AssociationTimeout, nameof(AssociationTimeout));
        CheckTimeout(IdleTimeout, nameof(IdleTimeout));
        CheckTimeout(ResponseTimeout, nameof(ResponseTimeout));
        CheckTimeout(KeepAlive, nameof(KeepAlive));
        ArgumentNullException.ThrowIfNull(TimeProvider);
        return (DimseSaveOptions)MemberwiseClone();
    }

    private static void CheckTimeout(TimeSpan value, string name) => Check(value > TimeSpan.Zero && value <= TimeSpan.FromDays(1), value, "more than zero, at most a day", name);

    private static void Check<T>(bool isValid, T value, string range, string name)
    {
        if (!isValid)
        {
            throw new ArgumentOutOfRangeException(name, value, $"The value must be {range}.");
        }
    }
}
