using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage.Credentials;

public sealed class CredentialFileTests
{
    private static readonly string Key = NewKey();

    public static TheoryData<string, string> Kinds => new()
    {
        { "service_account", Json(("type", "service_account"), ("client_email", "a@b.example"), ("private_key", Key)) },
        { "authorized_user", Json(("type", "authorized_user"), ("client_id", "i"), ("client_secret", "s"), ("refresh_token", "r")) },
        { "impersonated_service_account", """{"type":"impersonated_service_account","service_account_impersonation_url":"https://x.example/v1/a@b.example:generateAccessToken","source_credentials":{"type":"authorized_user"}}""" },
        { "external_account", """{"type":"external_account","audience":"a","subject_token_type":"t","token_url":"https://sts.googleapis.com/v1/token","credential_source":{"file":"/x"}}""" },
        { "external_account_authorized_user", """{"type":"external_account_authorized_user","client_id":"i","client_secret":"s","refresh_token":"r","token_url":"https://sts.googleapis.com/v1/oauthtoken"}""" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_that_gcloud_writes_is_understood(string kind, string content)
    {
        using var folder = new TempFolder();

        Assert.Equal($"credential file ({kind})", CodCredential.FromCredentialFile(folder.Write("credential.json", content)).ToString());
        Assert.Equal($"credential file ({kind})", CodCredential.FromCredentialFile(folder.Write("marked.json", "\ufeff" + content)).ToString());
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(" \r\n", "is empty")]
    [InlineData("\0\0\0\0", "is empty")]
    [InlineData("{\"type\": \"service_acc", "is not JSON, or was cut off")]
    [InlineData("ya29.hush-hush", "is not JSON, or was cut off")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nhush-hush\n-----END PRIVATE KEY-----", "is a key in PEM")]
    [InlineData("0\u0082hush-hush", "is a key in PKCS #12 or DER")]
    [InlineData("[\"hush-hush\"]", "is not a JSON object")]
    [InlineData("{\"private_key\": \"hush-hush\"}", "has no \"type\", or one that is not known")]
    [InlineData("{\"type\": \"hush-hush\"}", "has no \"type\", or one that is not known")]
    [InlineData("{\"type\": 7}", "has no \"type\", or one that is not known")]
    [InlineData("{\"type\": [\"service_account\"]}", "has no \"type\", or one that is not known")]
    [InlineData("{\"installed\": {\"client_secret\": \"hush-hush\"}}", "is the secret of an OAuth client, which is no login")]
    [InlineData("{\"type\": \"service_account\", \"private_key\": \"hush-hush\"}", "is a credential of the type service_account without \"client_email\"")]
    [InlineData("{\"type\": \"service_account\", \"client_email\": \"a\", \"private_key\": \"-----BEGIN PRIVATE KEY-----\\nhush-hush\"}", "has a \"private_key\" that is cut off or changed")]
    [InlineData("{\"type\": \"authorized_user\", \"client_id\": \"hush-hush\"}", "is a credential of the type authorized_user without \"client_secret\"")]
    public void What_is_none_is_refused_at_once_with_a_sentence_that_repeats_nothing_of_it(string content, string said)
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "credential.json");
        File.WriteAllBytes(file, Encoding.Latin1.GetBytes(content));

        var failure = Assert.Throws<ArgumentException>(() => CodCredential.FromCredentialFile(file));

        Assert.Contains($"The credential file '{file}' {said}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Equal("/no/such/file.json", Assert.Throws<FileNotFoundException>(() => CodCredential.FromCredentialFile("/no/such/file.json")).FileName);

    private static string NewKey()
    {
        using var rsa = RSA.Create(2_048);
        return rsa.ExportPkcs8PrivateKeyPem();
    }

    private static string Json(params (string Name, string Value)[] properties) =>
        JsonSerializer.Serialize(properties.ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal));
}
