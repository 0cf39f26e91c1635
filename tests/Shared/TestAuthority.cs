using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CodRetrieve.Tests.Support;

/// <summary>An authority of certificates that no machine knows.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=Test authority", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
    }

    /// <summary>A certificate for a day around now, or some days off.</summary>
    public X509Certificate2 Issue(string name, int days = 0)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var day = DateTimeOffset.UtcNow.AddDays(days);
        using var certificate = request.Create(_certificate, day.AddHours(-12), day.AddHours(12), [1, 2, 3]);
        using var withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    public string Write(string folder)
    {
        var file = Path.Combine(folder, "ca.pem");
        File.WriteAllText(file, _certificate.ExportCertificatePem());
        return file;
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
