namespace CodRetrieve.Cli.Options;

/// <summary>With whose rights a bucket is to be read.</summary>
internal sealed class LoginRequest
{
    public string? Token { get; init; }

    public string? TokenFile { get; init; }

    public string? TokenCommand { get; init; }

    public string? CredentialsFile { get; init; }

    public bool ApplicationDefault { get; init; }

    public bool Anonymous { get; init; }

    public string? UserProject { get; init; }

    /// <summary>Whether it was said whose rights are used.</summary>
    public bool IsChosen => Token is not null || TokenFile is not null || TokenCommand is not null || CredentialsFile is not null || ApplicationDefault || Anonymous;
}
