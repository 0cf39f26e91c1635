namespace CodRetrieve.Service.Security;

/// <summary>Who may use the service: the section <c>Security</c> of the configuration.</summary>
internal sealed class SecurityOptions
{
    public const string Section = "Security";

    /// <summary>Whether requests from this machine need no credential until the first one is configured. They are an administrator's.</summary>
    public bool AllowAnonymousOnLoopback { get; set; } = true;

    /// <summary>Sign-in by OpenID Connect; none without an authority.</summary>
    public SignInOptions OpenIdConnect { get; set; } = new();

    /// <summary>The addresses of reverse proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed.</summary>
    public IList<string> KnownProxies { get; set; } = [];

    /// <summary>The folder of the keys that protect sessions and forms; beside the ledger by default. Nodes behind one address share it.</summary>
    public string? KeyRingFolder { get; set; }

    /// <summary>How long a session of the page lasts; a change of role counts from the next one on.</summary>
    public TimeSpan SessionDuration { get; set; } = TimeSpan.FromHours(8);

    /// <summary>Requests per minute and caller, or address of one that is not known.</summary>
    public int RequestsPerMinute { get; set; } = 1200;

    /// <summary>Attempts to sign in with a key per minute and address.</summary>
    public int SignInsPerMinute { get; set; } = 10;

    /// <summary>Streams of events that a caller may have open.</summary>
    public int MaxEventStreams { get; set; } = 50;
}
