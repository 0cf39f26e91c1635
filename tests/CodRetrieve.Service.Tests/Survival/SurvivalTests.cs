using System.Globalization;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Tests.Support;
using CodRetrieve.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace CodRetrieve.Service.Tests.Survival;

/// <summary>
/// Three nodes and PostgreSQL while everything is killed: <c>COD_SURVIVAL_STUDIES</c> and <c>COD_SURVIVAL_KILLS</c> make it as long as wanted.
/// </summary>
public sealed class SurvivalTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    [Trait("Duration", "long")]
    [PostgresFact(Timeout = 3_600_000)]
    public async Task Every_study_is_saved_exactly_once_while_nodes_are_killed_and_suspended_and_the_database_fails()
    {
        var (studyCount, kills) = (Setting("COD_SURVIVAL_STUDIES", 240), Setting("COD_SURVIVAL_KILLS", 8));
        using var folder = new TempFolder();
        await using var store = await GcsTestServer.StartAsync(new GcsTestServerOptions { Link = new TestLink { BytesPerSecond = 40 << 20, BytesPerSecondPerConnection = 2 << 20 } });
        var studies = Fill(store.CreateBucket("survival"), studyCount);
        await using var postgres = await PostgresServer.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        string[] settings =
        [
            "--Service:Stores:store:Url=gs://survival/cod", $"--Service:Stores:store:Endpoint={store.Endpoint}", "--Service:Limits:StudiesPerShard=20", "--Service:Limits:RetryDelay=00:00:01",
            $"--Service:Node:Lease={Lease}",
        ];
        await using var service = await TestService.CreateAsync(database, "gs://survival/cod", folder, null, [.. settings, "--Service:Node:RunsShards=false"]);
        var arguments = NodeArguments(folder, database, settings);
        var nodes = Enumerable.Range(0, Nodes).Select(_ => ServiceProcess.Start(arguments)).ToList();
        try
        {
            var request = await service.RequestAsync([.. studies.Select(study => study.StudyInstanceUid), "1.2.3.4"]);
            await MakeTroubleAsync(service, postgres, nodes, arguments, request.Id, kills);
            await EndAsync(service, request.Id);
            await VerifyAsync(service, request.Id, studies, store);
        }
        catch
        {
            nodes.ForEach(node => output.WriteLine($"--- node {node.Id}, {(node.HasExited ? "ended" : "running")}:\n{node.Output}"));
            throw;
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    private static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;

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

    private static string[] NodeArguments(TempFolder folder, string database, string[] settings) =>
    [
        "--Urls=http://127.0.0.1:0", $"--Service:DataDirectory={Path.Combine(folder.Path, "data")}", $"--Service:Destinations:folder:Directory={Path.Combine(folder.Path, "out")}",
        "--Service:Database:Provider=PostgreSql", $"--Service:Database:ConnectionString={database}", .. settings,
    ];

    // Waits for what the ledger shows, and never for a time alone: a kill comes when something has been saved since the last one.
    private async Task MakeTroubleAsync(TestService service, PostgresServer postgres, List<ServiceProcess> nodes, string[] arguments, long request, int kills)
    {
        var random = new Random(17);
        for (var kill = 0; kill < kills; kill++)
        {
            var before = await service.Requests.GetAsync(request, TestService.Caller, default);
            if (before.IsEnded)
            {
                output.WriteLine($"ended after {kill} kills");
                break;
            }

            if (kill == kills / 3 || kill == 2 * kills / 3)
            {
                output.WriteLine("the database restarts");
                await postgres.CrashAsync();
                await postgres.ResumeAsync();
            }

            if (kill == 1)
            {
                // Until every lease has run out: nobody can renew, record or claim.
                output.WriteLine("the database is read-only");
                await postgres.ExecuteAsync("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()");
                await WaitAsync(service, async () => !await service.Ledger.ReadAsync(
                    (context, token) => context.Shards.AnyAsync(shard => shard.State == ShardState.Running && shard.LeaseUntil > LedgerContext.Now(), token), default));
                await postgres.ExecuteAsync("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()");
            }

            var victim = random.Next(Nodes);
            if (kill == kills / 2)
            {
                // Beyond its lease: another node has its shards when it wakes up, and it must notice.
                output.WriteLine($"node {nodes[victim].Id} is suspended");
                await nodes[victim].SuspendAsync();
                var (suspended, claims) = (nodes[victim].Id, await ClaimsAsync(service));
                await WaitAsync(service, async () => !await HoldsAsync(service, suspended) && await ClaimsAsync(service) > claims);
                await nodes[victim].ContinueAsync();
            }

            await nodes[victim].KillAsync();
            await nodes[victim].DisposeAsync();
            nodes[victim] = ServiceProcess.Start(arguments);
            var ended = before.Studies.Saved;
            await WaitAsync(service, async () =>
                await service.Requests.GetAsync(request, TestService.Caller, default) is var now && (now.IsEnded || now.Studies.Saved >= ended + Math.Min(10, now.Studies.Waiting)));
        }
    }

    private static async Task<int> ClaimsAsync(TestService service) =>
        await service.Ledger.ReadAsync((context, token) => context.Attempts.CountAsync(token), default);

    private static Task<bool> HoldsAsync(TestService service, int process) => service.Ledger.ReadAsync(
        (context, token) => context.Shards.AnyAsync(shard => shard.State == ShardState.Running && context.Nodes.Any(node => node.Id == shard.NodeId && node.ProcessId == process), token), default);

    private static async Task WaitAsync(TestService service, Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);
        }
    }

    private static async Task EndAsync(TestService service, long id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(30));
        await foreach (var _ in service.Requests.WatchAsync(id, TestService.Caller, TimeSpan.FromMilliseconds(300), limit.Token))
        {
        }
    }

    private async Task VerifyAsync(TestService service, long id, List<SyntheticStudy> studies, GcsTestServer store)
    {
        var details = await service.Requests.GetAsync(id, TestService.Caller, default);
        Assert.Equal((RequestState.Incomplete, studies.Count, 1), (details.State, details.Studies.Saved, details.Studies.Failed));

        // What is on the disk, by SHA-256, and nothing else; and the ledger says the same of each study.
        Assert.Equal(studies.Expected(), SavedFiles.InFolder(service.Destination));
        await using var context = service.Ledger.Open();
        var rows = await context.Studies.AsNoTracking().Where(study => study.RequestId == id).ToDictionaryAsync(study => study.StudyInstanceUid, StringComparer.Ordinal);
        Assert.All(studies, study => Assert.Equal(
            (StudyState.Saved, study.Series.Sum(series => series.Instances.Count)),
            (rows[study.StudyInstanceUid].State, rows[study.StudyInstanceUid].InstancesSaved + rows[study.StudyInstanceUid].InstancesSkipped)));
        Assert.Equal((StudyState.Failed, FailureReason.NotFound), (rows["1.2.3.4"].State, rows["1.2.3.4"].Reason));
        var shards = await context.Shards.AsNoTracking().Where(shard => shard.RequestId == id).ToListAsync();
        Assert.All(shards, shard => Assert.Equal((ShardState.Done, shard.StudyCount), (shard.State, shard.StudiesSaved + shard.StudiesFailed)));
        Assert.Equal(studies.Count + 1, shards.Sum(shard => shard.StudyCount));

        var outcomes = await context.Attempts.AsNoTracking().GroupBy(attempt => attempt.Outcome).Select(group => new { group.Key, Count = group.Count() }).ToListAsync();
        var wanted = studies.Sum(study => study.Series.Sum(series => series.Instances.Sum(instance => instance.SizeBytes)));
        var sent = store.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal));
        output.WriteLine($"runs: {string.Join(", ", outcomes.Select(outcome => $"{outcome.Count} {outcome.Key}"))}");
        output.WriteLine($"wanted {wanted} bytes, sent {sent}: {100.0 * (sent - wanted) / wanted:0.0} % extra");
        Assert.Contains(outcomes, outcome => outcome.Key == AttemptOutcome.LeaseLost);
        Assert.InRange(sent, wanted, 2 * wanted);
    }
}
