using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CodRetrieve.Storage;

/// <summary>Checks the certificate of a server as the system does, with further authorities where they were given, and says what is wrong with one that it rejects.</summary>
/// <param name="authorities">Trusted besides those of the system; <see langword="null"/> for none.</param>
/// <param name="time">The clock, for messages.</param>
internal sealed class CertificateCheck(X509Certificate2Collection? authorities, TimeProvider time)
{
    private const X509ChainStatusFlags OfDates = X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotTimeNested;

    /// <summary>Reads certificates of authorities.</summary>
    /// <param name="file">The file (PEM); <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">It cannot be read, or holds none.</exception>
    public static X509Certificate2Collection? LoadAuthorities(string? file)
    {
        if (file is null)
        {
            return null;
        }

        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(file);
            return certificates.Count > 0
                ? certificates
                : throw new ArgumentException($"The file '{file}' holds no certificate in PEM (-----BEGIN CERTIFICATE-----).", nameof(CodDownloadOptions.CertificateAuthorityFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ArgumentException($"The certificates in '{file}' cannot be read: {e.Message}", nameof(CodDownloadOptions.CertificateAuthorityFile), e);
        }
    }

    /// <exception cref="CertificateRejectedException">It is not to be trusted.</exception>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var isTrusted = errors == SslPolicyErrors.None || (errors == SslPolicyErrors.RemoteCertificateChainErrors && IsTrustedByGiven(certificate, chain));
        return isTrusted ? isTrusted : throw new CertificateRejectedException(Cause(certificate, chain, errors));
    }

    private bool IsTrustedByGiven(X509Certificate? certificate, X509Chain? chain)
    {
        if (authorities is null || certificate is not X509Certificate2 server || chain is null)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities);
        own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        own.ChainPolicy.ExtraStore.AddRange(chain.ChainElements.Select(static element => element.Certificate).ToArray());
        foreach (var usage in chain.ChainPolicy.ApplicationPolicy)
        {
            own.ChainPolicy.ApplicationPolicy.Add(usage);
        }

        // As the system's own check for HTTPS in .NET: lists of revoked certificates are not fetched.
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return own.Build(server);
    }

    private string Cause(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || certificate is null)
        {
            return "the server sent none";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"it is for another name ({PrintableName.Of(certificate.Subject)})";
        }

        var flags = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, status) => all | status.Status) ?? X509ChainStatusFlags.NoError;
        return (flags & OfDates) != 0 && certificate is X509Certificate2 dated
            ? string.Create(CultureInfo.InvariantCulture, $"it is valid from {dated.NotBefore.ToUniversalTime():u} to {dated.NotAfter.ToUniversalTime():u}, and the clock of this machine says {time.GetUtcNow():u}")
            : $"its issuer is not trusted ({PrintableName.Of(certificate.Issuer)}; {flags})";
    }
}

/// <summary>A certificate was rejected, for the reason that the message gives.</summary>
internal sealed class CertificateRejectedException(string message) : AuthenticationException(message);
