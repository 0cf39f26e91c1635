using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Tests.Api;

/// <summary>The whole embedded service by its API: SQLite, Hangfire in memory, a store on a server of the tests.</summary>
public sealed class ApiTests
{
    [Fact(Timeout = 180_000)]
    public async Task Request_goes_its_way_from_202_to_the_last_event()
    {
        await using var store = await TestStoreServer.StartAsync(6);
        await using var service = await (await TestService.CreateAsync(store: TestStoreServer.Url, settings: [store.Endpoint, "--Service:Limits:StudiesPerShard=2"])).StartAsync();
        using var client = service.CreateClient();
        var body = new { store = "STORE", destination = "folder", studies = store.Uids.Append("1.2.3") };
        var dry = await JsonAsync(await client.PostAsJsonAsync("/api/requests?dryRun=true", body));
        Assert.Equal((7, 6 * 5, "1.2.3"), ((int)dry["studies"]!, (int)dry["instances"]!, (string?)dry["missingStudies"]![0]));

        using var message = new HttpRequestMessage(HttpMethod.Post, "/api/requests") { Content = JsonContent.Create(body), Headers = { { "Idempotency-Key", "once" } } };
        var response = await client.SendAsync(message);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var location = response.Headers.Location!.ToString();
        var last = await LastEventAsync(client, location + "/events");
        Assert.Equal(("Incomplete", 6, 1, 4), ((string?)last["state"], (int)last["studies"]!["saved"]!, (int)last["studies"]!["failed"]!, (int)last["shardCount"]!));
        Assert.Equal(store.Studies.Expected(), SavedFiles.InFolder(service.Destination));

        var failure = JsonNode.Parse((await client.GetStringAsync(location + "/failures")).Trim())!;
        Assert.Equal(("1.2.3", "NotFound"), ((string?)failure["studyInstanceUid"], (string?)failure["reason"]));
        var study = await JsonAsync(await client.GetAsync($"{location}/studies/{store.Uids[0]}"));
        Assert.Equal((5, 5, "Saved"), ((int)study["series"]![0]!["instances"]!, (int)study["series"]![0]!["instancesSaved"]!, (string?)study["study"]!["state"]));
        Assert.Contains("7 studies from store to folder", await client.GetStringAsync("/api/audit"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync(location + "/retry", null)).StatusCode);
        Assert.Equal("Incomplete", (string?)(await LastEventAsync(client, location + "/events"))["state"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Refusals_are_problem_details()
    {
        await using var service = await (await TestService.CreateAsync(settings: ["--Service:Limits:RequestBodyBytes=1000"])).StartAsync();
        using var client = service.CreateClient();
        await ExpectAsync(404, await client.GetAsync("/api/requests/77"));
        await ExpectAsync(404, await client.GetAsync("/api/requests/77/failures"));
        await ExpectAsync(404, await client.GetAsync("/api/requests/77/events"));
        await ExpectAsync(404, await client.PostAsync("/api/requests/77/cancel", null));
        await ExpectAsync(404, await client.GetAsync("/api/nothing"));
        await ExpectAsync(400, await client.GetAsync("/api/requests?size=0"));
        await ExpectAsync(400, await client.GetAsync("/api/requests?after=x"));
        await ExpectAsync(400, await client.GetAsync("/api/studies?uid=..%2F"));
        await ExpectAsync(400, await PostAsync(client, """{"store": "gs://other/bucket", "destination": "folder", "studies": ["1"]}"""), "Name one of: store");
        await ExpectAsync(400, await PostAsync(client, """{"store": "store", "destination": "/etc", "studies": ["1"]}"""), "Name one of: folder");
        await ExpectAsync(400, await PostAsync(client, """{"store": "store", "destination": "folder", "studies": []}"""), "names no studies");
        await ExpectAsync(400, await PostAsync(client, """{"store": "store", "destination": "folder", "studies": ["1"], "selection": {"where": "Modality = "}}"""), "condition cannot be read");
        await ExpectAsync(400, await PostAsync(client, """{"store": "store", "destination": "folder", "studies": ["1"], "priority": 101}"""), "from -100 to 100");
        await ExpectAsync(413, await PostAsync(client, $$"""{"store": "{{new string('a', 2000)}}"}"""));
        await ExpectAsync(415, await client.PostAsync("/api/requests", new StringContent("x")));
    }

    [Fact(Timeout = 120_000)]
    public async Task Studies_may_come_as_a_cohort()
    {
        await using var store = await TestStoreServer.StartAsync(3);
        await using var service = await (await TestService.CreateAsync(store: TestStoreServer.Url, settings: [store.Endpoint])).StartAsync();
        using var client = service.CreateClient();
        var url = "/api/requests?store=store&destination=folder&where=Modality%3DCT&priority=5";
        var csv = "Label,StudyInstanceUID\n" + string.Concat(store.Uids.Select(uid => $"x,{uid}\n"));
        var created = await JsonAsync(await client.PostAsync(url, new StringContent(csv, Encoding.UTF8, "text/csv")));
        Assert.Equal((3, 5, "Modality=CT"), ((int)created["studies"]!["total"]!, (int)created["priority"]!, (string?)created["selection"]!["where"]));
        Assert.Equal("Completed", (string?)(await LastEventAsync(client, $"/api/requests/{created["id"]}/events"))["state"]);
        var lines = string.Join('\n', store.Uids);
        Assert.Equal(3, (int)(await JsonAsync(await client.PostAsync(url, new StringContent(lines, Encoding.UTF8, "text/csv"))))["studies"]!["total"]!);
        await ExpectAsync(400, await client.PostAsync(url, new StringContent("StudyInstanceUID,SeriesInstanceUID\n1.2,1.3\n", Encoding.UTF8, "text/csv")), "names series or instances");
        await ExpectAsync(400, await client.PostAsync(url, new StringContent("a, b\nc, d\n", Encoding.UTF8, "text/csv")), "cohort");
        await ExpectAsync(400, await client.PostAsync("/api/requests?store=store", new StringContent(lines, Encoding.UTF8, "text/csv")), "destination");
        Assert.Equal(415, (int)(await client.PostAsync(url, new StringContent(lines, Encoding.UTF8, "text/plain"))).StatusCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task Health_tells_whether_the_ledger_can_be_used()
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        using var client = service.CreateClient();
        Assert.Equal("Healthy", await client.GetStringAsync("/health/live"));
        Assert.Equal("Healthy", await client.GetStringAsync("/health/ready"));
        var document = await client.GetFromJsonAsync<JsonObject>("/openapi/v1.json");
        Assert.Contains("/api/requests/{id}/retry", document!["paths"]!.AsObject().Select(path => path.Key));
    }

    [Fact(Timeout = 180_000)]
    public async Task Requests_that_were_under_way_go_on_after_a_restart()
    {
        using var folder = new TempFolder();
        await using var store = await TestStoreServer.StartAsync(4);
        long id;
        await using (var first = await TestService.CreateAsync(store: TestStoreServer.Url, folder: folder, settings: [store.Endpoint]))
        {
            // Handed to a queue that is lost with the process.
            id = (await first.RequestAsync(store.Uids)).Id;
            await using var context = first.Ledger.Open();
            Assert.Equal(1, await context.Shards.ExecuteUpdateAsync(set => set
                .SetProperty(shard => shard.State, ShardState.Queued).SetProperty(shard => shard.QueuedUntil, shard => LedgerContext.Now() + 3_600_000)));
        }

        await using var second = await (await TestService.CreateAsync(store: TestStoreServer.Url, folder: folder, settings: [store.Endpoint])).StartAsync();
        Assert.Equal(4, (await second.EndOfAsync(id)).Studies.Saved);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string body) =>
        await client.PostAsync("/api/requests", new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task ExpectAsync(int status, HttpResponseMessage response, string? detail = null)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"expected {status}: {(int)response.StatusCode} {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, (int)JsonNode.Parse(text)!["status"]!);
        Assert.Contains(detail ?? "", text, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task<JsonNode> LastEventAsync(HttpClient client, string url)
    {
        using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        JsonNode? last = null;
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            last = JsonNode.Parse(item.Data);
        }

        return last!;
    }
}
