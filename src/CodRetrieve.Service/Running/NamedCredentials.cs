using CodRetrieve.Service.Configuration;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Running;

/// <summary>The credentials of the settings.</summary>
internal sealed class NamedCredentials(IOptions<ServiceOptions> options)
{
    private readonly ServiceOptions _options = options.Value;

    /// <summary>Returns the credential for a store, or for a PACS that takes tokens.</summary>
    public CodCredential ToCredential(string? name) => Find(name) switch
    {
        { Kind: CredentialKind.ApplicationDefault } => CodCredential.ApplicationDefault(),
        { Kind: CredentialKind.File, File: { } file } => CodCredential.FromCredentialFile(file),
        { Kind: CredentialKind.TokenFile, File: { } file } => CodCredential.FromTokenProvider(cancellationToken => ReadTokenAsync(file, cancellationToken)),
        _ => CodCredential.Anonymous,
    };

    /// <summary>Returns the user name and password for a PACS; <see langword="null"/> where the credential is of another kind.</summary>
    public (string UserName, string Password)? ToPassword(string? name) =>
        Find(name) is { Kind: CredentialKind.Password, UserName: { } user, PasswordFile: { } file } ? (user, File.ReadAllText(file).Trim()) : null;

    private CredentialOptions? Find(string? name) => name is null ? null : _options.Credentials[name];

    private static async ValueTask<string> ReadTokenAsync(string file, CancellationToken cancellationToken) => (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
}
