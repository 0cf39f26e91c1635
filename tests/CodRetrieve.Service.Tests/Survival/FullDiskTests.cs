using System.Net;
using System.Net.Http.Json;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Tests.Support;
using CodRetrieve.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace CodRetrieve.Service.Tests.Survival;

/// <summary>The disk of the ledger becomes full while a request runs.</summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private static object Body(int studies) => new { store = "store", destination = "folder", studies = Enumerable.Range(0, studies).Select(number => $"1.2.3.4.{number}") };

    [Trait("Duration", "long")]
    [SmallDiskFact(needsPostgres: true, Timeout = 300_000)]
    public async Task PostgreSql_without_space_refuses_requests_and_loses_nothing()
    {
        using var disk = new SmallDisk(120);
        var link = new TestLink { BytesPerSecond = 4 << 20, BytesPerSecondPerConnection = 1 << 20 };
        await using var site = await SurvivalSite.StartAsync(await PostgresServer.StartAsync(disk), link, 40, "--Service:Limits:StudiesPerShard=10");
        await site.Service.StartAsync();
        ServiceProcess[] nodes = [site.StartNode(), site.StartNode()];
        try
        {
            var request = await site.RequestAsync();
            await SurvivalSite.WaitAsync(async () => (await site.RequestAsync(request)).Studies.Saved > 1);
            disk.Fill();
            await RefuseAsync(site.Service);

            // Until there is no space for its journal, either.
            await FailHealthAsync(site.Service, async () =>
            {
                disk.Fill();
                await site.Postgres.TryExecuteAsync("SELECT pg_switch_wal()");
            });
            await RefuseAsync(site.Service);
            Assert.All(nodes, node => Assert.False(node.HasExited));
            disk.Free();
            await RecoverAsync(site.Service, async () =>
            {
                if (site.Postgres.HasExited)
                {
                    output.WriteLine("PostgreSQL has ended, and is started again");
                    await site.Postgres.ResumeAsync();
                }
            });
            await site.EndAsync(request);
            await site.VerifyAsync(request);
            Assert.All(nodes, node => Assert.False(node.HasExited));
        }
        catch
        {
            output.WriteLine(site.Outputs);
            throw;
        }
    }

    [Trait("Duration", "long")]
    [SmallDiskFact(Timeout = 300_000)]
    public async Task Sqlite_without_space_refuses_requests_and_loses_nothing()
    {
        using var disk = new SmallDisk(6);
        await using var store = await TestStoreServer.StartAsync(60, 40_000, new GcsTestServerOptions { Link = new TestLink { BytesPerSecond = 1 << 20 } });
        await using var service = await TestService.CreateAsync(
            store: TestStoreServer.Url, settings: [store.Endpoint, $"--Service:DataDirectory={Path.Combine(disk.Path, "data")}", "--Service:Node:Lease=00:00:05", "--Service:Limits:StudiesPerShard=10"]);
        await service.StartAsync();
        var request = (await service.RequestAsync(store.Uids)).Id;
        await SurvivalSite.WaitAsync(async () => (await service.Requests.GetAsync(request, TestService.Caller, default)).Studies.Saved > 1);
        disk.Fill();
        await RefuseAsync(service);
        await FailHealthAsync(service, () => Task.CompletedTask);
        disk.Free();
        await RecoverAsync(service, () => Task.CompletedTask);
        var ended = await service.EndOfAsync(request);
        Assert.Equal((RequestState.Completed, 60), (ended.State, ended.Studies.Saved));
        Assert.Equal(store.Studies.Expected(), SavedFiles.InFolder(service.Destination));
    }

    [Trait("Duration", "long")]
    [SmallDiskFact(Timeout = 120_000)]
    public async Task Service_without_space_for_temporary_files_refuses_requests_and_goes_on()
    {
        using var disk = new SmallDisk(6);
        using var folder = new TempFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "store", "studies"));
        string[] arguments =
        [
            "--Urls=http://127.0.0.1:0", $"--Service:DataDirectory={Path.Combine(folder.Path, "data")}", $"--Service:Destinations:folder:Directory={folder.Output}",
            $"--Service:Stores:store:Url={new Uri(Path.Combine(folder.Path, "store")).AbsoluteUri}",
        ];
        await using var service = ServiceProcess.Start(arguments, temporary: disk.Path);
        using var client = new HttpClient { BaseAddress = await service.AddressAsync() };
        disk.Fill();

        // Few enough to be read whole before they are written: else the response may come while the client is sending, and break its pipe.
        using (var refusal = await client.PostAsJsonAsync("/api/requests", Body(2_000)))
        {
            var text = await refusal.Content.ReadAsStringAsync();
            output.WriteLine(text);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (refusal.StatusCode, refusal.Content.Headers.ContentType?.MediaType));
            Assert.Contains("temporary files", text, StringComparison.Ordinal);
        }

        disk.Free();
        using var accepted = await client.PostAsJsonAsync("/api/requests", Body(2_000));
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.EndsWith("/api/requests/1", accepted.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.False(service.HasExited);
    }

    // What is written now and then may find a page that is free; what is large does not.
    private async Task RefuseAsync(TestService service)
    {
        using var client = service.CreateClient();
        HttpResponseMessage? refusal = null;
        var accepted = 0;
        await SurvivalSite.WaitAsync(
            async () =>
            {
                refusal?.Dispose();
                try
                {
                    refusal = await client.PostAsJsonAsync("/api/requests", Body(30_000));
                }
                catch (HttpRequestException)
                {
                    // Refused while it was being sent: the connection ends without a response.
                    return false;
                }

                accepted += refusal.StatusCode == HttpStatusCode.Accepted ? 1 : 0;
                return refusal.StatusCode != HttpStatusCode.Accepted;
            },
            TimeSpan.FromMinutes(1));
        using (refusal)
        {
            var text = await refusal!.Content.ReadAsStringAsync();
            output.WriteLine($"refused after {accepted}: {(int)refusal.StatusCode} {text}");
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (refusal.StatusCode, refusal.Content.Headers.ContentType?.MediaType));
            Assert.NotNull(refusal.Headers.RetryAfter);
            Assert.Contains("The service cannot do it now.", text, StringComparison.Ordinal);
        }
    }

    private async Task FailHealthAsync(TestService service, Func<Task> press)
    {
        using var client = service.CreateClient();
        var health = "";
        await SurvivalSite.WaitAsync(
            async () =>
            {
                await press();
                using var response = await client.GetAsync("/health/ready");
                health = await response.Content.ReadAsStringAsync();
                return response.StatusCode == HttpStatusCode.ServiceUnavailable;
            },
            TimeSpan.FromMinutes(1));
        output.WriteLine($"health: {health}");
        Assert.Contains("The ledger cannot be used: ", health, StringComparison.Ordinal);
        Assert.Equal("Healthy", await client.GetStringAsync("/health/live"));
    }

    private static async Task RecoverAsync(TestService service, Func<Task> help)
    {
        using var client = service.CreateClient();
        await SurvivalSite.WaitAsync(
            async () =>
            {
                await help();
                using var response = await client.GetAsync("/health/ready");
                return response.StatusCode == HttpStatusCode.OK;
            },
            TimeSpan.FromMinutes(1));

        // Of what was refused nothing is left: every study belongs to a request that says how many it has.
        Assert.Equal(0, await service.Ledger.ReadAsync((context, token) => context.Studies.CountAsync(study => !context.Requests.Any(request => request.Id == study.RequestId), token), default));
        Assert.All(
            await service.Ledger.ReadAsync((context, token) => context.Requests.Select(request => new { request.StudyCount, Found = context.Studies.Count(study => study.RequestId == request.Id) }).ToListAsync(token), default),
            request => Assert.Equal(request.StudyCount, request.Found));
        await CancelRestAsync(service);
    }

    private static async Task CancelRestAsync(TestService service)
    {
        var rest = await service.Ledger.ReadAsync((context, token) => context.Requests.OrderBy(request => request.Id).Skip(1).Select(request => request.Id).ToListAsync(token), default);
        foreach (var request in rest)
        {
            await service.Requests.CancelAsync(request, TestService.Caller, default);
        }
    }
}
