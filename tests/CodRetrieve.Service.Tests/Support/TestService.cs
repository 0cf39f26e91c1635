using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Tests.Support;

/// <summary>The service within the test's process, with a folder, a ledger and a port of its own.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly TempFolder _folder;
    private readonly bool _ownsFolder;

    private TestService(WebApplication application, TempFolder folder, bool ownsFolder) => (_application, _folder, _ownsFolder) = (application, folder, ownsFolder);

    public static Caller Caller { get; } = new("tester", SeesAllTenants: true);

    public string Folder => _folder.Path;

    public string Destination => Path.Combine(Folder, "out");

    public LedgerStore Ledger => Get<LedgerStore>();

    public ShardLedger Shards => Get<ShardLedger>();

    public RequestService Requests => Get<RequestService>();

    public ServiceOptions Options => Get<IOptions<ServiceOptions>>().Value;

    /// <summary>The address, once it is started.</summary>
    public Uri Address => new(_application.Urls.First());

    public HttpClient CreateClient() => new() { BaseAddress = Address };

    public T Get<T>()
        where T : notnull => _application.Services.GetRequiredService<T>();

    /// <summary>Builds the service with a store "store" and a destination "folder", and its schema; it runs nothing yet.</summary>
    public static async Task<TestService> CreateAsync(string? postgres = null, string? store = null, TempFolder? folder = null, Action<WebApplicationBuilder>? configure = null, params string[] settings)
    {
        var service = await BuildAsync(postgres, store, folder, configure, settings);
        if (postgres is not null)
        {
            await service.Get<LedgerMigration>().ApplyAsync(CancellationToken.None);
        }

        return service;
    }

    /// <summary>Builds the service without a look at the database, if that is PostgreSQL.</summary>
    public static async Task<TestService> BuildAsync(string? postgres = null, string? store = null, TempFolder? folder = null, Action<WebApplicationBuilder>? configure = null, params string[] settings)
    {
        var own = folder ?? new TempFolder();
        string[] database = postgres is null ? [] : ["--Service:Database:Provider=PostgreSql", $"--Service:Database:ConnectionString={postgres}"];
        string[] arguments =
        [
            "--Urls=http://127.0.0.1:0", $"--Service:DataDirectory={Path.Combine(own.Path, "data")}", "--Service:Node:SweepInterval=00:00:00.1",
            $"--Service:Stores:store:Url={store ?? new Uri(Path.Combine(own.Path, "store")).AbsoluteUri}", $"--Service:Destinations:folder:Directory={Path.Combine(own.Path, "out")}",
            .. database, .. settings,
        ];
        if (store is null)
        {
            Directory.CreateDirectory(Path.Combine(own.Path, "store", "studies"));
        }

        var application = ServiceApplication.Build(arguments, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<ILoggerFactory>(static _ => new ServiceLoggers(LeakWatch.Loggers(Environment.GetEnvironmentVariable("COD_TEST_LOG") is null ? null : LoggerFactory.Create(static logging => logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Information)))));
            configure?.Invoke(builder);
        });
        var service = new TestService(application, own, folder is null);
        await ServiceApplication.PrepareAsync(application, CancellationToken.None);
        return service;
    }

    public async Task<TestService> StartAsync()
    {
        await _application.StartAsync();
        return this;
    }

    public Task StopAsync() => _application.StopAsync();

    /// <summary>Adds nodes to the ledger that give a sign of life once, and run nothing.</summary>
    public async Task AddNodesAsync(int count, int workers)
    {
        await using var context = Ledger.Open();
        var now = await context.ReadClockAsync(default);
        for (var number = 1; number <= count; number++)
        {
            context.Nodes.Add(new NodeEntity { Id = $"node-{number}", Name = "node", Version = "1", Workers = workers, StartedAt = now, SeenAt = now });
        }

        await context.SaveChangesAsync();
    }

    /// <summary>Accepts a request for studies.</summary>
    public async Task<RequestDetails> RequestAsync(IEnumerable<string> studies, NewRequest? request = null, string? key = null, Caller? caller = null)
    {
        await using var spool = Requests.OpenSpool();
        foreach (var study in studies)
        {
            spool.Add(study);
        }

        return (await Requests.CreateAsync(request ?? new NewRequest("store", "folder"), spool, key, caller ?? Caller, CancellationToken.None)).Request;
    }

    /// <summary>Waits until a request has ended.</summary>
    public async Task<RequestDetails> EndOfAsync(long id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        RequestDetails? last = null;
        try
        {
            await foreach (var request in Requests.WatchAsync(id, Caller, TimeSpan.FromMilliseconds(50), limit.Token))
            {
                last = request;
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The request does not end: {last}\n{string.Join('\n', await Requests.ShardsAsync(id, 10, Caller, default))}");
        }

        return last!;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (_ownsFolder)
        {
            _folder.Dispose();
        }
    }
}
