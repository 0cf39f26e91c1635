using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Pages;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Security;

/// <summary>The middleware that decides about a request before an endpoint sees it.</summary>
internal static class SecurityPipeline
{
    /// <summary>Adds the middleware, before the endpoints are mapped.</summary>
    public static WebApplication UseServiceSecurity(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<SecurityOptions>>().Value;
        app.UseForwardedHeaders();
        app.UseSecurityHeaders(options);
        if (!app.Environment.IsDevelopment())
        {
            app.UseHsts();
        }

        // In a scope of its own, where nobody remembers that the caller could not be identified.
        app.UseExceptionHandler("/error/500", createScopeForErrors: true);
        app.UseStatusCodePagesWithReExecute("/error/{0}");
        app.UsePageFiles();
        app.UseRequestSizeLimit(app.Services.GetRequiredService<IOptions<ServiceOptions>>().Value.Limits.RequestBodyBytes);
        app.UseRouting();
        app.UseAuthentication();
        app.UseCrossSiteProtection();
        app.UseRateLimiter();
        app.UseAuthorization();
        return app;
    }
}
