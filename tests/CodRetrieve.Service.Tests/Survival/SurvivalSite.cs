using System.Globalization;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Tests.Support;
using CodRetrieve.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Tests.Survival;

/// <summary>A store with studies, a ledger in PostgreSQL, and nodes as processes, for tests that do harm to them.</summary>
internal sealed class SurvivalSite : IAsyncDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private readonly TempFolder _folder = new();
    private readonly string[] _settings;
    private readonly string _database;

    private SurvivalSite(GcsTestServer store, PostgresServer postgres, string database, IReadOnlyList<SyntheticStudy> studies, string[] settings) =>
        (Store, Postgres, _database, Studies, _settings) = (store, postgres, database, studies, settings);

    public GcsTestServer Store { get; }

    public PostgresServer Postgres { get; }

    public IReadOnlyList<SyntheticStudy> Studies { get; }

    /// <summary>A node within the test's process, which runs no shards.</summary>
    public TestService Service { get; private set; } = null!;

    public List<ServiceProcess> Nodes { get; } = [];

    /// <summary>How long a test is, as a variable of the environment says.</summary>
    public static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    /// <summary>Fills a store and makes a database; no node runs yet. The site disposes the server.</summary>
    public static async Task<SurvivalSite> StartAsync(PostgresServer postgres, TestLink link, int studies, params string[] settings)
    {
        var store = await GcsTestServer.StartAsync(new GcsTestServerOptions { Link = link });
        var filled = Fill(store.CreateBucket("survival"), studies);
        string[] all =
        [
            "--Service:Stores:store:Url=gs://survival/cod", $"--Service:Stores:store:Endpoint={store.Endpoint}", "--Service:Limits:RetryDelay=00:00:01", $"--Service:Node:Lease={Lease}", .. settings,
        ];
        var site = new SurvivalSite(store, postgres, await postgres.CreateDatabaseAsync(), filled, all);
        site.Service = await TestService.CreateAsync(site._database, "gs://survival/cod", site._folder, null, [.. all, "--Service:Node:RunsShards=false"]);
        return site;
    }

    /// <summary>Starts a node.</summary>
    /// <param name="port">The port of its database; <see langword="null"/> for the server's own.</param>
    public ServiceProcess StartNode(int? port = null)
    {
        var node = ServiceProcess.Start(Arguments(port));
        Nodes.Add(node);
        return node;
    }

    /// <summary>Kills a node, and starts one in its place.</summary>
    public async Task ReplaceAsync(int node, int? port = null)
    {
        await Nodes[node].DisposeAsync();
        Nodes[node] = ServiceProcess.Start(Arguments(port));
    }

    /// <summary>Requests all studies, and one that is not there.</summary>
    public async Task<long> RequestAsync(string destination = "folder") =>
        (await Service.RequestAsync([.. Studies.Select(study => study.StudyInstanceUid), "1.2.3.4"], new NewRequest("store", destination))).Id;

    public Task<RequestDetails> RequestAsync(long id) => Service.Requests.GetAsync(id, TestService.Caller, default);

    public Task<T> ReadAsync<T>(Func<LedgerContext, CancellationToken, Task<T>> read) => Service.Ledger.ReadAsync(read, default);

    /// <summary>The runs that were begun; those of one process, where one is given.</summary>
    public Task<int> ClaimsAsync(int? process = null) => ReadAsync((context, token) => context.Attempts.CountAsync(
        attempt => process == null || context.Nodes.Any(node => node.Id == attempt.NodeId && node.ProcessId == process), token));

    /// <summary>The shards that are a process's, as the ledger has it.</summary>
    public Task<List<long>> HeldAsync(int process) => ReadAsync((context, token) => context.Shards
        .Where(shard => shard.State == ShardState.Running && shard.LeaseUntil > LedgerContext.Now() && context.Nodes.Any(node => node.Id == shard.NodeId && node.ProcessId == process))
        .Select(shard => shard.Id).ToListAsync(token));

    public static Task WaitAsync(Func<Task<bool>> condition, TimeSpan? within = null) => Poll.UntilAsync(condition, within ?? TimeSpan.FromMinutes(3));

    public async Task EndAsync(long id, TimeSpan? within = null)
    {
        using var limit = new CancellationTokenSource(within ?? TimeSpan.FromMinutes(5));
        await foreach (var _ in Service.Requests.WatchAsync(id, TestService.Caller, TimeSpan.FromMilliseconds(300), limit.Token))
        {
        }
    }

    /// <summary>Asserts that the folder has every instance once and as it was, and that the ledger says the same.</summary>
    public Task VerifyAsync(long id) => VerifyAsync(id, Studies.Expected(), SavedFiles.InFolder(Service.Destination));

    /// <summary>Asserts that a destination has what is expected, and that the ledger says the same of each study.</summary>
    public async Task VerifyAsync(long id, IDictionary<string, string> expected, IDictionary<string, string> found)
    {
        var details = await RequestAsync(id);
        Assert.Equal((RequestState.Incomplete, Studies.Count, 1), (details.State, details.Studies.Saved, details.Studies.Failed));
        Assert.Equal(expected, found);
        await using var context = Service.Ledger.Open();
        var rows = await context.Studies.AsNoTracking().Where(study => study.RequestId == id).ToDictionaryAsync(study => study.StudyInstanceUid, StringComparer.Ordinal);
        Assert.All(Studies, study => Assert.Equal(
            (StudyState.Saved, study.Series.Sum(series => series.Instances.Count)),
            (rows[study.StudyInstanceUid].State, rows[study.StudyInstanceUid].InstancesSaved + rows[study.StudyInstanceUid].InstancesSkipped)));
        var shards = await context.Shards.AsNoTracking().Where(shard => shard.RequestId == id).ToListAsync();
        Assert.All(shards, shard => Assert.Equal((ShardState.Done, shard.StudyCount), (shard.State, shard.StudiesSaved + shard.StudiesFailed)));
        Assert.Equal(Studies.Count + 1, shards.Sum(shard => shard.StudyCount));
    }

    /// <summary>What the nodes wrote, for a test that failed.</summary>
    public string Outputs => string.Join('\n', Nodes.Select(node => $"--- node {node.Id}, {(node.HasExited ? "ended" : "running")}:\n{node.Output}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        await Service.DisposeAsync();
        await Postgres.DisposeAsync();
        await Store.DisposeAsync();
        _folder.Dispose();
    }

    private string[] Arguments(int? port) =>
    [
        "--Urls=http://127.0.0.1:0", $"--Service:DataDirectory={Path.Combine(_folder.Path, "data")}", $"--Service:Destinations:folder:Directory={Path.Combine(_folder.Path, "out")}",
        "--Service:Database:Provider=PostgreSql", $"--Service:Database:ConnectionString={PostgresServer.Through(port ?? Postgres.Port, _database)}", .. _settings,
    ];

    private static List<SyntheticStudy> Fill(TestBucket bucket, int count)
    {
        var studies = new List<SyntheticStudy>();
        for (var number = 1; number <= count; number++)
        {
            var study = new SyntheticStudy(seed: number);
            study.AddSeries(new SyntheticSeriesOptions { InstanceCount = 4 + (number % 5), InstanceSizeBytes = 96 << 10 });
            study.AddSeries(new SyntheticSeriesOptions { InstanceCount = 2, InstanceSizeBytes = 256 << 10 });
            study.PutInto(bucket, "cod");
            studies.Add(study);
        }

        return studies;
    }
}
