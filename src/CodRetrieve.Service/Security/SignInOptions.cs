namespace CodRetrieve.Service.Security;

/// <summary>An OpenID Connect provider: JWT bearer tokens for the API, the authorization code flow with PKCE for the page.</summary>
internal sealed class SignInOptions
{
    /// <summary>The issuer's address; its discovery document is read from there.</summary>
    public string? Authority { get; set; }

    /// <summary>The client id of the page; without one, people sign in with API keys only.</summary>
    public string? ClientId { get; set; }

    /// <summary>The client secret of a confidential client; read it from the environment or a secrets file.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>The audience that access tokens for the API are made out to.</summary>
    public string? Audience { get; set; }

    /// <summary>What the page asks for, besides <c>openid</c> and <c>profile</c>.</summary>
    public IList<string> Scopes { get; set; } = [];

    /// <summary>The claim with roles or groups.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>The claim with the name of the person.</summary>
    public string NameClaim { get; set; } = "name";

    /// <summary>The claim with the tenant; where set, callers without it are refused.</summary>
    public string? TenantClaim { get; set; }

    /// <summary>The values of the role claim that make someone a viewer, an operator or an administrator; the names of the roles by default.</summary>
    public IDictionary<string, IList<string>> Roles { get; set; } = new Dictionary<string, IList<string>>(StringComparer.Ordinal);

    /// <summary>Whether the provider may be reached over plain http; for tests.</summary>
    public bool AllowHttp { get; set; }

    public bool IsConfigured => !string.IsNullOrEmpty(Authority);

    public bool HasPage => IsConfigured && !string.IsNullOrEmpty(ClientId);

    public bool HasApi => IsConfigured && !string.IsNullOrEmpty(Audience);
}
