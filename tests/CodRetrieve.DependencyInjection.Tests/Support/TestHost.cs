using CodRetrieve.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.DependencyInjection.Tests.Support;

/// <summary>Hosts as an application would build them, with nothing from the environment.</summary>
internal static class TestHost
{
    public static IHost Build(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new WatchedLoggers(NullLoggerFactory.Instance)).AddFilter<WatchedLoggers>("CodRetrieve", LogLevel.Trace);
        configure(builder.Services);
        return builder.Build();
    }

    /// <summary>A host whose options come from settings.</summary>
    public static IHost Build(params (string Key, string? Value)[] settings) =>
        Build(services => services.AddCodRetrieve(Section(settings)));

    public static IConfigurationSection Section(params (string Key, string? Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create("CodRetrieve:" + pair.Key, pair.Value)))
        .Build()
        .GetSection("CodRetrieve");

    public static ICodDownloadFactory Factory(this IHost host) => host.Services.GetRequiredService<ICodDownloadFactory>();

    public static SyntheticStudy SmallStudy(int seed)
    {
        var study = new SyntheticStudy(seed: seed);
        study.AddSeries(new() { InstanceCount = 12, InstanceSizeBytes = 33_872 });
        study.AddSeries(new() { InstanceCount = 3, InstanceSizeBytes = 200_000 });
        return study;
    }
}
