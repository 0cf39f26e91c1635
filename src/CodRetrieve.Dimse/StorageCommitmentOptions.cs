using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace CodRetrieve.Dimse;

/// <summary>
/// How storage commitment is requested (DICOM PS3.4, annex J). Copied by the handler; not safe for use by several threads while it is changed.
/// </summary>
public sealed class StorageCommitmentOptions
{
    /// <summary>
    /// Gets or sets the TCP port at which archives report, on an association of their own: the one that the archive has for this side's AE title. 1 to 65535, or 0 for any free one.
    /// Default <see langword="null"/>: none, for archives that report on the association of the request.
    /// </summary>
    public int? ListenPort { get; set; }

    /// <summary>Gets or sets the address of this machine to listen at. Default <see langword="null"/>: all of them.</summary>
    public IPAddress? ListenAddress { get; set; }

    /// <summary>
    /// Gets or sets the certificate, with its private key, that this side shows to archives that report over TLS. Default <see langword="null"/>: reports come without TLS. It stays the
    /// caller's, who disposes it after the handler.
    /// </summary>
    public X509Certificate2? ListenCertificate { get; set; }

    /// <summary>
    /// Gets or sets how long the archive may take to commit the instances of a study, from the end of their delivery. Default 5 min; more than zero, at most a day. What is not
    /// committed by then fails the study.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets the most instances of one request. Default 1000; 1 to 10000.</summary>
    public int MaxInstances { get; set; } = 1000;

    internal StorageCommitmentOptions Copy()
    {
        DimseSaveOptions.Check(ListenPort is null or (>= 0 and <= IPEndPoint.MaxPort), ListenPort, "0 to 65535", nameof(ListenPort));
        DimseSaveOptions.CheckTimeout(Timeout, nameof(Timeout));
        DimseSaveOptions.Check(MaxInstances is >= 1 and <= 10_000, MaxInstances, "1 to 10000", nameof(MaxInstances));
        return (StorageCommitmentOptions)MemberwiseClone();
    }
}
