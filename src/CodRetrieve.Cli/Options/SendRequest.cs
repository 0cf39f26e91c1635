using CodRetrieve.DicomWeb;

namespace CodRetrieve.Cli.Options;

/// <summary>The receiver that instances are sent to, and how.</summary>
internal sealed class SendRequest
{
    /// <summary>The address, as given.</summary>
    public required string To { get; init; }

    public string? TokenCommand { get; init; }

    public string? TokenFile { get; init; }

    /// <summary>The file with a certificate and its key.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>What is checked after an instance was acknowledged; <see langword="null"/> for nothing.</summary>
    public DeliveryVerification? Verification { get; init; }

    /// <summary>The directory for receipts.</summary>
    public string? Receipts { get; init; }

    /// <summary>Whether the archive is to commit what was sent.</summary>
    public bool Commitment { get; init; }

    /// <summary>The port where the archive reports what it has committed.</summary>
    public int? CommitmentPort { get; init; }

    /// <summary>How long the archive may take to commit a study.</summary>
    public TimeSpan? CommitmentTimeout { get; init; }
}
