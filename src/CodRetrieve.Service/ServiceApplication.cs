using CodRetrieve.Service.Api;
using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Demonstration;
using CodRetrieve.Service.Dispatching;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Observability;
using CodRetrieve.Service.Pages;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Running;
using CodRetrieve.Service.Security;
using Hangfire;
using Hangfire.AspNetCore;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace CodRetrieve.Service;

/// <summary>Puts the service together.</summary>
internal static class ServiceApplication
{
    public const string MigrateCommand = "migrate";

    /// <summary>The setting that names a JSON file with further settings: <c>--settings FILE</c>, or the environment variable <c>SETTINGS</c>.</summary>
    public const string SettingsFile = "settings";

    // Besides those of the runs, which renew and record: the API, the sweeper and health checks.
    private const int OtherConnections = 20;

    /// <summary>Runs the service, or the command that the first argument names.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [KeysCommand.Name, .. var rest])
        {
            // What the command prints is for scripts: a log beside it goes nowhere.
            var settings = Array.IndexOf(rest, $"--{SettingsFile}") is var at and >= 0 ? at : rest.Length;
            await using var offline = Build(rest[settings..], static builder => builder.Logging.ClearProviders());
            await PrepareLedgerAsync(offline, CancellationToken.None);
            return await KeysCommand.RunAsync(rest[..settings], offline.Services, Console.Out, Console.Error, CancellationToken.None);
        }

        var isMigration = args is [MigrateCommand, ..];
        await using var application = Build(isMigration ? args[1..] : args);
        if (isMigration)
        {
            await application.Services.GetRequiredService<LedgerMigration>().ApplyAsync(CancellationToken.None);
            return 0;
        }

        await PrepareAsync(application, CancellationToken.None);
        await application.StartAsync();
        Announce(application);
        await application.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Builds the service. <see cref="PrepareAsync"/> is to be called before it is started.</summary>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(ServiceApplication).Assembly.GetName().Name });
        if (builder.Configuration[SettingsFile] is { Length: > 0 } file)
        {
            // What is given for one start comes after what a file says.
            builder.Configuration.AddJsonFile(Path.GetFullPath(file), optional: false).AddEnvironmentVariables().AddCommandLine(args);
        }

        builder.Services.AddSystemd().AddWindowsService();
        AddOptions(builder);
        AddLedger(builder);
        AddRunning(builder.Services);
        AddApi(builder.Services);
        builder.AddServiceSecurity();
        builder.AddPages();
        AddObservability(builder);
        configure?.Invoke(builder);

        var application = builder.Build();
        Map(application);
        return application;
    }

    /// <summary>Makes what an embedded service needs: its folder, its ledger and the demonstration store.</summary>
    public static async Task PrepareAsync(WebApplication application, CancellationToken cancellationToken)
    {
        // The settings are checked first: what is wrong with them is said before anything is written.
        var options = await PrepareLedgerAsync(application, cancellationToken);
        if (options.Stores.Count == 1 && options.Stores.TryGetValue(DemonstrationStore.Name, out var demo) && demo.Url.Contains("/demonstration/", StringComparison.Ordinal))
        {
            var (_, studies) = await DemonstrationStore.PrepareAsync(Path.Combine(options.DataDirectory, "demonstration"), cancellationToken);
            application.Logger.LogDemonstration(studies.Count, Path.GetFullPath(options.DataDirectory));
        }
    }

    private static async Task<ServiceOptions> PrepareLedgerAsync(WebApplication application, CancellationToken cancellationToken)
    {
        var options = application.Services.GetRequiredService<IOptions<ServiceOptions>>().Value;
        if (options.Database.Provider == DatabaseProvider.Sqlite)
        {
            Directory.CreateDirectory(options.DataDirectory);
            await application.Services.GetRequiredService<LedgerMigration>().ApplyAsync(cancellationToken);
        }

        return options;
    }

    private static void AddOptions(WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ServiceOptions>().BindConfiguration(ServiceOptions.Section, static binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        builder.Services.AddSingleton<IPostConfigureOptions<ServiceOptions>, DemonstrationSettings>();
        builder.Services.AddSingleton<IValidateOptions<ServiceOptions>, ServiceOptionsValidation>();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = HangfireServer.ShutdownTimeout + TimeSpan.FromSeconds(10));
        builder.Services.AddSingleton(TimeProvider.System);
    }

    private static void AddLedger(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var database = builder.Configuration.GetSection(ServiceOptions.Section).Get<ServiceOptions>()?.Database ?? new DatabaseOptions();
        if (database.Provider == DatabaseProvider.PostgreSql)
        {
            services.AddDbContextFactory<PostgresLedgerContext>(static (provider, context) => context.UseNpgsql(PostgresConnection(provider.GetRequiredService<IOptions<ServiceOptions>>().Value)));
            services.AddSingleton<ILedgerFactory, LedgerFactory<PostgresLedgerContext>>();
        }
        else
        {
            services.AddDbContextFactory<SqliteLedgerContext>(static (provider, context) => context
                .UseSqlite($"Data Source={Path.Combine(Path.GetFullPath(provider.GetRequiredService<IOptions<ServiceOptions>>().Value.DataDirectory), "ledger.db")}")
                .AddInterceptors(new SqlitePragmas()));
            services.AddSingleton<ILedgerFactory, LedgerFactory<SqliteLedgerContext>>();
        }

        services.AddSingleton<LedgerStore>().AddSingleton<LedgerMigration>();
        services.AddSingleton<Retention>().AddHostedService(static provider => provider.GetRequiredService<Retention>());
    }

    private static string PostgresConnection(ServiceOptions options)
    {
        var connection = new NpgsqlConnectionStringBuilder(options.Database.ConnectionString)
        {
            MaxPoolSize = (3 * options.Node.Workers) + OtherConnections,
            ApplicationName = "codretrieve-ledger",

            // A node that was cut off learns of it, instead of waiting for a response that never comes.
            KeepAlive = 10,
            CommandTimeout = 60,
        };

        // A node that is suspended in the middle of a transaction holds its locks, and all others up: the database ends that transaction.
        connection.Options = $"{connection.Options} -c idle_in_transaction_session_timeout=5000 -c lock_timeout=20000".Trim();
        return connection.ConnectionString;
    }

    private static void AddRunning(IServiceCollection services)
    {
        services.AddSingleton<NodeIdentity>().AddSingleton<NodeState>().AddSingleton<NamedCredentials>().AddSingleton<NamedStores>().AddSingleton<NamedDestinations>();
        services.AddSingleton<ShardLedger>().AddSingleton<ShardRunner>().AddSingleton<ShardJob>();
        services.AddSingleton<RequestSignal>().AddSingleton<StudyInspection>().AddSingleton<RequestService>();
        services.AddSingleton(static provider => HangfireStorage.Create(provider.GetRequiredService<IOptions<ServiceOptions>>().Value));

        // Hangfire's own is the one of the process: of two services in it, one would run the jobs of the other on its ledger, which does nothing.
        services.AddSingleton<JobActivator>(static provider => new AspNetCoreJobActivator(provider.GetRequiredService<IServiceScopeFactory>()));
        services.AddHangfire(static configuration => configuration.SetDataCompatibilityLevel(CompatibilityLevel.Version_180).UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings());
        services.AddSingleton<ShardQueue>().AddSingleton<Sweep>();
        services.AddHostedService<HangfireServer>().AddHostedService<Sweeper>();
    }

    private static void AddApi(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(static json => ApiJson.Configure(json.SerializerOptions));
        services.AddSingleton<ChangeStream>();
        services.AddProblemDetails().AddExceptionHandler<RefusalHandler>().AddOpenApi();
    }

    private static void AddObservability(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ServiceMeter>();
        builder.Services.AddHealthChecks().AddCheck<LedgerHealth>("ledger", tags: ["ready"]);
        var telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(static metrics => metrics.AddMeter(ServiceMeter.Name, "CodRetrieve").AddAspNetCoreInstrumentation())
            .WithTracing(static tracing => tracing.AddSource("CodRetrieve").AddAspNetCoreInstrumentation());
        if (builder.Configuration.GetValue<bool>($"{ServiceOptions.Section}:{nameof(ServiceOptions.PrometheusEndpoint)}"))
        {
            telemetry.WithMetrics(static metrics => metrics.AddPrometheusExporter());
        }

        if (!string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            telemetry.UseOtlpExporter();
        }
    }

    private static void Map(WebApplication application)
    {
        application.UseServiceSecurity();
        application.MapReading().RequireAuthorization(ServicePolicies.Viewer);
        application.MapChanging().RequireAuthorization(ServicePolicies.Operator);
        application.MapAudit().RequireAuthorization(ServicePolicies.Administrator);
        application.MapPages();
        application.MapJobsDashboard();
        application.MapOpenApi().RequireAuthorization(ServicePolicies.Viewer);
        if (application.Services.GetRequiredService<IOptions<ServiceOptions>>().Value.PrometheusEndpoint)
        {
            application.MapPrometheusScrapingEndpoint(ServicePaths.Metrics).RequireAuthorization(ServicePolicies.Metrics);
        }

        // Before the middleware that asks the ledger who calls: one that does not respond would take the process for dead.
        application.MapHealthChecks(ServicePaths.Health + "/live", new() { Predicate = static _ => false }).AllowAnonymous().DisableRateLimiting().ShortCircuit();
        application.MapHealthChecks(ServicePaths.Health + "/ready", new() { Predicate = static check => check.Tags.Contains("ready"), ResponseWriter = LedgerHealth.WriteAsync })
            .AllowAnonymous().DisableRateLimiting().ShortCircuit();
    }

    private static void Announce(WebApplication application)
    {
        var directory = Path.GetFullPath(application.Services.GetRequiredService<IOptions<ServiceOptions>>().Value.DataDirectory);
        foreach (var address in application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            application.Logger.LogListening(address, directory);
        }
    }
}
