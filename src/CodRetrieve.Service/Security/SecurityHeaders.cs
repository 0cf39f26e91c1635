namespace CodRetrieve.Service.Security;

/// <summary>The headers that say what a browser may do with a response.</summary>
internal static class SecurityHeaders
{
    private const string Base = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

    private const string ChartStyle = "sha256-z7zcnw/4WalZqx+PrNaRnoeLz/G9WXuFqV1WCJ129sg=";

    /// <summary>The policy of the page. Signing out goes to the identity provider by a redirect of a form, which browsers take for one of the form's targets.</summary>
    public static string PolicyOf(SignInOptions signIn) =>
        signIn.HasPage ? $"{Base}; form-action 'self' {new Uri(signIn.Authority!).GetLeftPart(UriPartial.Authority)}" : $"{Base}; form-action 'self'";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app, SecurityOptions options)
    {
        var policy = PolicyOf(options.OpenIdConnect);
        // The dashboard is Hangfire's: it has fonts, images in its styles, and charts that add a style of their own, which is allowed by its hash.
        var dashboard = policy.Replace("style-src 'self'; img-src 'self'", $"style-src 'self' '{ChartStyle}'; img-src 'self' data:; font-src 'self'", StringComparison.Ordinal);
        return app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments(ServicePaths.Dashboard, StringComparison.OrdinalIgnoreCase) ? dashboard : policy;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            // Not "no-referrer", with which browsers say "Origin: null" of the page's own forms.
            headers["Referrer-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
            context.Response.OnStarting(static state =>
            {
                var response = (HttpResponse)state;
                // Static files say themselves how long they may be kept.
                if (response.Headers.CacheControl.Count == 0)
                {
                    response.Headers.CacheControl = "no-store";
                }

                return Task.CompletedTask;
            }, context.Response);
            return next(context);
        });
    }
}
