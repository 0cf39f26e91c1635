using CodRetrieve.Service.Pages.Live;
using Microsoft.Extensions.FileProviders;

namespace CodRetrieve.Service.Pages;

/// <summary>Registers the page and maps it.</summary>
internal static class PageServices
{
    private static readonly TimeSpan Forever = TimeSpan.FromDays(365);

    public static WebApplicationBuilder AddPages(this WebApplicationBuilder builder)
    {
        // In the assembly, so that the page is whole wherever the service is started from.
        builder.Environment.WebRootFileProvider = new EmbeddedFileProvider(typeof(PageServices).Assembly, $"{typeof(ServiceApplication).Namespace}.wwwroot");
        builder.Services.AddRazorPages().AddApplicationPart(typeof(PageServices).Assembly);
        builder.Services.AddSingleton<PageQueries>();
        builder.Services.AddSingleton<LiveFeed>();
        return builder;
    }

    /// <summary>Serves styles and scripts, to everyone.</summary>
    public static IApplicationBuilder UsePageFiles(this IApplicationBuilder app) => app.UseStaticFiles(new StaticFileOptions
    {
        // The address has a hash of the content in it.
        OnPrepareResponse = static file => file.Context.Response.Headers.CacheControl =
            file.Context.Request.Query.ContainsKey("v") ? $"public, max-age={Forever.TotalSeconds:0}, immutable" : "no-cache",
    });

    public static IEndpointRouteBuilder MapPages(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapRazorPages();
        endpoints.MapLive();
        return endpoints;
    }
}
