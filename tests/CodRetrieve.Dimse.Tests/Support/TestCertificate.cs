using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CodRetrieve.Dimse.Tests.Support;

internal static class TestCertificate
{
    /// <summary>One that is its own authority.</summary>
    public static X509Certificate2 SelfSigned(string name) => Create(name, isAuthority: true, issuer: null);

    public static X509Certificate2 Authority(string name, X509Certificate2? issuer = null) => Create(name, isAuthority: true, issuer);

    public static X509Certificate2 IssuedBy(X509Certificate2 issuer, string name) => Create(name, isAuthority: false, issuer);

    private static X509Certificate2 Create(string name, bool isAuthority, X509Certificate2? issuer)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));

        // Not longer than the issuer's.
        var hours = issuer is null ? 3 : isAuthority ? 2 : 1;
        var (from, to) = (DateTimeOffset.UtcNow.AddHours(-hours), DateTimeOffset.UtcNow.AddHours(hours));
        using var made = issuer is null ? request.CreateSelfSigned(from, to) : request.Create(issuer, from, to, [1, 2, 3, (byte)name.Length]).CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
