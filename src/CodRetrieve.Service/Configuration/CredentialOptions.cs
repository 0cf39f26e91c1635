namespace CodRetrieve.Service.Configuration;

/// <summary>A credential that stores and destinations may name. Requests cannot.</summary>
internal sealed class CredentialOptions
{
    /// <summary>Gets or sets the kind. Default <see cref="CredentialKind.ApplicationDefault"/>.</summary>
    public CredentialKind Kind { get; set; }

    /// <summary>Gets or sets the file, for <see cref="CredentialKind.File"/> and <see cref="CredentialKind.TokenFile"/>.</summary>
    public string? File { get; set; }

    /// <summary>Gets or sets the user name, for <see cref="CredentialKind.Password"/>.</summary>
    public string? UserName { get; set; }

    /// <summary>Gets or sets the file that holds the password, for <see cref="CredentialKind.Password"/>.</summary>
    public string? PasswordFile { get; set; }
}
