namespace CodRetrieve.Service.Configuration;

internal enum CredentialKind
{
    /// <summary>The login of the machine, as Google's libraries find it.</summary>
    ApplicationDefault,

    /// <summary>A file of Google's: of a service account, a user, or workload identity federation.</summary>
    File,

    /// <summary>A file that holds an access token, read again for each new token.</summary>
    TokenFile,

    /// <summary>A user name and a password, for a PACS.</summary>
    Password,
}
