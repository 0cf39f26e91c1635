using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Apis.Auth.OAuth2;

namespace CodRetrieve.Storage;

/// <summary>A file with a credential of Google's (JSON): the key of a service account, a person's login, a federated or an impersonated account.</summary>
internal static class CredentialFile
{
    private const int MaxBytes = 1024 * 1024;

    private static readonly Dictionary<string, string[]> Required = new(StringComparer.Ordinal)
    {
        [JsonCredentialParameters.ServiceAccountCredentialType] = ["client_email", "private_key"],
        [JsonCredentialParameters.AuthorizedUserCredentialType] = ["client_id", "client_secret", "refresh_token"],
        [JsonCredentialParameters.ImpersonatedServiceAccountCredentialType] = ["service_account_impersonation_url", "source_credentials"],
        [JsonCredentialParameters.ExternalAccountCredentialType] = ["audience", "subject_token_type", "token_url", "credential_source"],
        [JsonCredentialParameters.ExternalAccountAuthorizedUserCredentialType] = ["client_id", "client_secret", "refresh_token", "token_url"],
    };

    /// <summary>Says which kind of credential the file holds, before anything is asked with it.</summary>
    /// <exception cref="ArgumentException">It holds none. The message never repeats the file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string TypeOf(string path)
    {
        var content = ReadStart(path);
        try
        {
            using var json = JsonDocument.Parse(content);
            return TypeOf(path, json.RootElement);
        }
        catch (JsonException)
        {
            throw Invalid(path, WhatElse(content));
        }
    }

    private static byte[] ReadStart(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[MaxBytes];
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);

        // Editors of Windows put a mark of UTF-8 in front.
        var start = bytes.AsSpan(0, count).StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        return bytes[start..count];
    }

    private static string TypeOf(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Invalid(path, "is not a JSON object");
        }

        if (!root.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() is not { } name || !Required.TryGetValue(name, out var required))
        {
            throw Invalid(path, root.TryGetProperty("installed", out _) || root.TryGetProperty("web", out _)
                ? "is the secret of an OAuth client, which is no login"
                : "has no \"type\", or one that is not known");
        }

        if (Array.Find(required, property => !root.TryGetProperty(property, out _)) is { } missing)
        {
            throw Invalid(path, $"is a credential of the type {name} without \"{missing}\"");
        }

        return name != JsonCredentialParameters.ServiceAccountCredentialType || IsKey(root.GetProperty("private_key"))
            ? name
            : throw Invalid(path, "has a \"private_key\" that is cut off or changed");
    }

    private static bool IsKey(JsonElement key)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(key.GetString());
            return true;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string WhatElse(ReadOnlySpan<byte> content) =>
        content.Trim(" \t\r\n\0"u8).IsEmpty ? "is empty"
        : content.StartsWith("-----BEGIN"u8) ? "is a key in PEM, not a credential in JSON"
        : content[0] == 0x30 ? "is a key in PKCS #12 or DER (.p12), not a credential in JSON"
        : "is not JSON, or was cut off";

    private static ArgumentException Invalid(string path, string what) => new(
        $"The credential file '{path}' {what}. Give the JSON key of a service account, or a file that gcloud auth application-default login or gcloud iam workload-identity-pools create-cred-config writes.");
}
