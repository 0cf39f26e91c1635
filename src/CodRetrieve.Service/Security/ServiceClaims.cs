namespace CodRetrieve.Service.Security;

/// <summary>The claims of a caller inside of the service, whatever the identity provider calls its own.</summary>
internal static class ServiceClaims
{
    /// <summary>What identifies the caller for good: the subject at the identity provider, or the id of the API key.</summary>
    public const string Subject = "sub";

    /// <summary>The name that people know the caller by.</summary>
    public const string Name = "name";

    public const string Role = "role";

    public const string Tenant = "tenant";
}
