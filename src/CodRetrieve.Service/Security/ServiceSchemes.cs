namespace CodRetrieve.Service.Security;

/// <summary>The authentication schemes. The first one chooses among the others by what a request carries.</summary>
internal static class ServiceSchemes
{
    public const string Selector = "Selector";
    public const string ApiKey = "ApiKey";
    public const string Bearer = "Bearer";
    public const string Session = "Session";
    public const string OpenIdConnect = "OpenIdConnect";
    /// <summary>A session of the page, or, on loopback and until something is configured, nobody.</summary>
    public const string Page = "Page";

    /// <summary>The authentication type of callers without a credential on loopback.</summary>
    public const string Loopback = "Loopback";
}
