using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace WorkerService;

internal static class WorkerApplication
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddOptions<InboxOptions>().BindConfiguration("Inbox").Validate(options => options.IsValid, "Inbox: see InboxOptions.").ValidateOnStart();

        // Proxies, certificates and handlers for the requests to the store go here: the builder that AddCodRetrieve returns.
        builder.Services.AddCodRetrieve(builder.Configuration.GetSection("CodRetrieve"));
        builder.Services.AddSingleton<InboxState>().AddHostedService<InboxWorker>();
        builder.Services.AddHealthChecks().AddCheck<InboxHealth>("inbox");

        // The library's metrics for Prometheus. Its traces: WithTracing(tracing => tracing.AddSource("CodRetrieve")) and an exporter.
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("CodRetrieve").AddPrometheusExporter());

        // Time for the jobs to end cleanly; what is saved by then is not fetched again.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));

        var application = builder.Build();
        application.MapHealthChecks("/health");
        application.MapPrometheusScrapingEndpoint("/metrics");
        application.Logger.LogServing(application.Services.GetRequiredService<IOptions<InboxOptions>>().Value.Inbox);
        return application;
    }
}
