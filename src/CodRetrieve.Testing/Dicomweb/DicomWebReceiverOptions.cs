using System.Security.Cryptography.X509Certificates;

namespace CodRetrieve.Testing;

/// <summary>How a <see cref="DicomWebReceiver"/> behaves.</summary>
public sealed record DicomWebReceiverOptions
{
    /// <summary>The port to listen on; 0, the default, for a free one.</summary>
    public int Port { get; init; }

    /// <summary>The certificate, with its private key, by which the receiver is known over https; null, the default, for plain http. Not disposed.</summary>
    public X509Certificate2? ServerCertificate { get; init; }

    /// <summary>The thumbprints of the client certificates that are accepted over https, with or without a trusted issuer; null, the default, to demand none. Handshakes without such a one fail.</summary>
    public IReadOnlyCollection<string>? AcceptedClientThumbprints { get; init; }

    /// <summary>The values of the Authorization header that are accepted; null, the default, to accept any request.</summary>
    public IReadOnlyCollection<string>? AcceptedAuthorizations { get; init; }

    /// <summary>Whether an instance that is there already is kept, and the new one still listed as stored; false by default.</summary>
    public bool KeepsExisting { get; init; }

    /// <summary>Whether a request without a Content-Length gets status 200 while nothing of it is stored; true by default.</summary>
    public bool IgnoresChunkedRequests { get; init; } = true;

    /// <summary>Whether searches (QIDO-RS) work; true by default. Otherwise they get status 501.</summary>
    public bool HasSearch { get; init; } = true;

    /// <summary>Whether conditions of searches are ignored, so that everything is listed; false by default.</summary>
    public bool IgnoresConditions { get; init; }

    /// <summary>The most results of a search; 100 by default.</summary>
    public int MaxResults { get; init; } = 100;
}
