using CodRetrieve;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers CodRetrieve with a host.</summary>
public static class CodRetrieveServiceCollectionExtensions
{
    /// <summary>The name of the HTTP client that every request to a store goes through: <c>CodRetrieve</c>.</summary>
    public const string HttpClientName = "CodRetrieve";

    /// <summary>Registers <see cref="ICodDownloadFactory"/>, once for the whole host, with options from code.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options; <see langword="null"/>, the default, for none.</param>
    /// <returns>
    /// The builder of the HTTP client, for the host's proxy, certificates and handlers. What it configures holds for every request, those for access tokens included; only
    /// redirects, cookies and automatic decompression are always off.
    /// </returns>
    /// <remarks>
    /// Options are read once and checked when the host starts, which throws <see cref="OptionsValidationException"/> for those outside of
    /// their range. The host's <c>ILoggerFactory</c> and, if registered, <see cref="TimeProvider"/> are used unless the options name others.
    /// May be called more than once: options add up, the last value counts.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IHttpClientBuilder AddCodRetrieve(this IServiceCollection services, Action<CodDownloadOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<CodDownloadOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<CodDownloadOptions>, HostServices>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CodDownloadOptions>, OptionsCheck>());
        services.TryAddSingleton<ICodDownloadFactory, CodDownloadFactory>();

        // After whatever the host configures, so that a handler that replaces the default one is prepared as well.
        services.PostConfigure<HttpClientFactoryOptions>(HttpClientName, static http => http.HttpMessageHandlerBuilderActions.Add(static builder =>
            PrimaryHandler.Prepare(builder, builder.Services.GetRequiredService<IOptions<CodDownloadOptions>>().Value)));

        // Time limits are set for each request and each read; one for all of a body would end long ones.
        return services.AddHttpClient(HttpClientName).ConfigureHttpClient(static client => client.Timeout = Timeout.InfiniteTimeSpan);
    }

    /// <summary>Registers <see cref="ICodDownloadFactory"/> with options from the host's settings.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">
    /// A section with the names of <see cref="CodDownloadOptions"/> as keys. <c>Credential</c> is <c>anonymous</c>,
    /// <c>application-default</c>, or <c>service-account</c> with the key file's path in <c>ServiceAccountFile</c>. Times are written
    /// <c>hh:mm:ss</c>. A key that is none, or a value that cannot be read, is reported when the host starts.
    /// </param>
    /// <param name="configure">Changes the options after that; <see langword="null"/>, the default, for nothing.</param>
    /// <returns>The builder of the HTTP client, as with the other overload.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="section"/> is <see langword="null"/>.</exception>
    public static IHttpClientBuilder AddCodRetrieve(
        this IServiceCollection services, IConfiguration section, Action<CodDownloadOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddSingleton<IConfigureOptions<CodDownloadOptions>>(new OptionsSection(section));
        return services.AddCodRetrieve(configure);
    }
}
