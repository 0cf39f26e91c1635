using System.Net;
using System.Security.Claims;
using CodRetrieve.Service.Api;
using CodRetrieve.Service.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace CodRetrieve.Service.Security;

/// <summary>Registers who may do what.</summary>
internal static class SecurityServices
{
    private const string SessionCookie = "CodRetrieve.Session";

    /// <summary>Adds authentication, authorization, limits and the keys of sessions.</summary>
    public static WebApplicationBuilder AddServiceSecurity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<SecurityOptions>().BindConfiguration(SecurityOptions.Section, static binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsCheck>();
        var options = builder.Configuration.GetSection(SecurityOptions.Section).Get<SecurityOptions>() ?? new SecurityOptions();

        services.AddSingleton<AnonymousAccess>();
        services.AddSingleton<ApiKeyVerifier>();
        services.AddSingleton<SessionCookieEvents>();
        services.AddSingleton<StreamAccess>();
        services.AddSingleton<IApiKeyStore, LedgerApiKeyStore>();
        services.AddSingleton<ApiKeyService>();
        services.AddHostedService<SecurityAnnouncement>();
        services.AddSingleton<ICallerSource, PrincipalCaller>();
        services.AddDataProtection().SetApplicationName("CodRetrieve.Service");
        // The folder is made when the first session begins, and not by a command that needs none.
        services.AddOptions<KeyManagementOptions>().Configure<IOptions<ServiceOptions>, ILoggerFactory>((keys, service, loggers) =>
            keys.XmlRepository = new FileSystemXmlRepository(KeyRing(options.KeyRingFolder ?? Path.Combine(service.Value.DataDirectory, "keys")), loggers));
        services.AddAntiforgery(static antiforgery =>
        {
            antiforgery.Cookie.Name = "CodRetrieve.Form";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            // The header is set for every response, by one place.
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        services.AddRateLimiter(limiter => RateLimits.Configure(limiter, options));
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = options.KnownProxies.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            forwarded.KnownIPNetworks.Clear();
            forwarded.KnownProxies.Clear();
            foreach (var proxy in options.KnownProxies.Where(proxy => IPAddress.TryParse(proxy, out _)))
            {
                forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
            }
        });

        AddSchemes(services, options);
        services.AddAuthorizationBuilder()
            .AddPolicy(ServicePolicies.Viewer, static policy => policy.RequireRole(ServiceRoles.Viewer, ServiceRoles.Operator, ServiceRoles.Administrator))
            .AddPolicy(ServicePolicies.Operator, static policy => policy.RequireRole(ServiceRoles.Operator, ServiceRoles.Administrator))
            .AddPolicy(ServicePolicies.Administrator, static policy => policy.RequireRole(ServiceRoles.Administrator))
            .AddPolicy(ServicePolicies.Dashboard, static policy => policy.RequireRole(ServiceRoles.Administrator).RequireAssertion(SeesAllTenants))
            .AddPolicy(ServicePolicies.Metrics, static policy => policy.RequireRole(ServiceRoles.Viewer, ServiceRoles.Operator, ServiceRoles.Administrator).RequireAssertion(SeesAllTenants))
            // An endpoint that says nothing is closed, to administrators, too, so that somebody notices. Where there is none, or none for
            // the method or the content, those who are known learn that.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser()
                .RequireAssertion(static context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint).Build())
            .SetDefaultPolicy(new AuthorizationPolicyBuilder().RequireRole(ServiceRoles.Administrator).Build());
        return builder;
    }

    private static bool SeesAllTenants(AuthorizationHandlerContext context) => !context.User.HasClaim(static claim => claim.Type == ServiceClaims.Tenant);

    private static void AddSchemes(IServiceCollection services, SecurityOptions options)
    {
        var signIn = options.OpenIdConnect;
        var authentication = services.AddAuthentication(ServiceSchemes.Selector)
            .AddPolicyScheme(ServiceSchemes.Selector, displayName: null, selector => selector.ForwardDefaultSelector = context => SchemeOf(context.Request, signIn))
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthenticationHandler>(ServiceSchemes.ApiKey, configureOptions: null)
            .AddScheme<AuthenticationSchemeOptions, PageAuthenticationHandler>(ServiceSchemes.Page, configureOptions: null)
            .AddCookie(ServiceSchemes.Session, cookie =>
            {
                cookie.Cookie.Name = SessionCookie;
                cookie.Cookie.HttpOnly = true;
                // Lax, not strict: the redirect back from the identity provider is to find the session.
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = options.SessionDuration;
                cookie.SlidingExpiration = false;
                cookie.EventsType = typeof(SessionCookieEvents);
            });
        if (signIn.HasApi)
        {
            authentication.AddJwtBearer(ServiceSchemes.Bearer, bearer => Configure(bearer, signIn));
        }

        if (signIn.HasPage)
        {
            authentication.AddOpenIdConnect(ServiceSchemes.OpenIdConnect, page => Configure(page, signIn));
        }
    }

    private static string SchemeOf(HttpRequest request, SignInOptions signIn)
    {
        if (ApiKeyAuthenticationHandler.KeyOf(request) is not null)
        {
            return ServiceSchemes.ApiKey;
        }

        return ApiKeyAuthenticationHandler.BearerOf(request) is null ? ServiceSchemes.Page : signIn.HasApi ? ServiceSchemes.Bearer : ServiceSchemes.ApiKey;
    }

    private static void Configure(JwtBearerOptions bearer, SignInOptions signIn)
    {
        bearer.Authority = signIn.Authority;
        bearer.Audience = signIn.Audience;
        bearer.RequireHttpsMetadata = !signIn.AllowHttp;
        bearer.MapInboundClaims = false;
        bearer.SaveToken = false;
        bearer.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                context.Principal = Reduced(context.Principal!, signIn, ServiceSchemes.Bearer);
                return Task.CompletedTask;
            },
        };
    }

    private static void Configure(OpenIdConnectOptions page, SignInOptions signIn)
    {
        page.Authority = signIn.Authority;
        page.ClientId = signIn.ClientId;
        page.ClientSecret = signIn.ClientSecret;
        page.RequireHttpsMetadata = !signIn.AllowHttp;
        page.ResponseType = OpenIdConnectResponseType.Code;
        // In the address, so that the cookies of the sign-in need not be sent with requests from other sites.
        page.ResponseMode = OpenIdConnectResponseMode.Query;
        page.UsePkce = true;
        page.MapInboundClaims = false;
        page.SaveTokens = false;
        page.SignInScheme = ServiceSchemes.Session;
        page.CorrelationCookie.SameSite = SameSiteMode.Lax;
        page.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        page.NonceCookie.SameSite = SameSiteMode.Lax;
        page.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        foreach (var scope in signIn.Scopes)
        {
            page.Scope.Add(scope);
        }

        page.Events = new OpenIdConnectEvents
        {
            OnTokenValidated = context =>
            {
                if (SignInClaims.CallerOf(context.Principal!, signIn) is { } caller)
                {
                    context.Principal = new ClaimsPrincipal(caller.ToIdentity(ServiceSchemes.Session));
                }
                else
                {
                    context.Response.Redirect($"{ServicePaths.SignIn}?problem=role");
                    context.HandleResponse();
                }

                return Task.CompletedTask;
            },
            OnRemoteFailure = context =>
            {
                context.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SecurityServices)).LogSignInFailed(context.Failure);
                context.Response.Redirect($"{ServicePaths.SignIn}?problem=provider");
                context.HandleResponse();
                return Task.CompletedTask;
            },
            OnRedirectToIdentityProviderForSignOut = context =>
            {
                // In place of the ID token, which is not kept.
                context.ProtocolMessage.ClientId = signIn.ClientId;
                return Task.CompletedTask;
            },
        };
    }

    // Someone without a role stays someone, who is forbidden everything, and is not asked for another token.
    private static ClaimsPrincipal Reduced(ClaimsPrincipal principal, SignInOptions signIn, string scheme) =>
        new(SignInClaims.CallerOf(principal, signIn)?.ToIdentity(scheme) ?? new ClaimsIdentity(scheme));

    private static DirectoryInfo KeyRing(string folder)
    {
        // What is in it makes sessions.
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(folder)
            : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
