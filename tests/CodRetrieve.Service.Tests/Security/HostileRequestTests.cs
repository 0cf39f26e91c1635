using System.Net;
using System.Text;
using System.Text.Json;
using CodRetrieve.Service.Security;
using CodRetrieve.Service.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Service.Tests.Security;

/// <summary>Requests that are made to break something.</summary>
public sealed class HostileRequestTests
{
    private static readonly string[] Evil =
    [
        "../../etc/passwd", "..\\..\\windows", "/etc/passwd", "C:\\Windows", "..", ".", "%2e%2e%2f", "file:///etc/passwd", "gs://other/bucket?token=SECRET-of-the-test", "folder/../folder", "folder\0", "~root",
        "\\\\host\\share", "store\r\nX-Injected: 1", "<script>alert(1)</script>", "'; DROP TABLE \"Requests\"; --", "${jndi:ldap://x}", "",
    ];

    [Fact(Timeout = 120_000)]
    public async Task No_field_of_a_request_becomes_a_path()
    {
        await using var service = await (await TestService.CreateAsync(settings: "--Security:RequestsPerMinute=1000000")).StartAsync();
        using var client = service.ClientOf(key: null);
        var before = Files(service);
        foreach (var evil in Evil)
        {
            foreach (var (field, body) in new (string, object)[]
            {
                ("store", new { store = evil, destination = "folder", studies = new[] { "1.2.3" } }),
                ("destination", new { store = "store", destination = evil, studies = new[] { "1.2.3" } }),
                ("studies", new { store = "store", destination = "folder", studies = new[] { "1.2.3", evil } }),
                ("selection.where", new { store = "store", destination = "folder", studies = new[] { "1.2.3" }, selection = new { where = evil.Length == 0 ? "(" : evil } }),
            })
            {
                foreach (var address in new[] { "/api/requests", "/api/requests?dryRun=true" })
                {
                    using var response = await client.PostAsync(address, Visit.Json(JsonSerializer.Serialize(body)));
                    var text = await response.Content.ReadAsStringAsync();
                    Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{field} '{evil}': {(int)response.StatusCode} {text}");
                    Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
                    Assert.DoesNotContain("SECRET", text, StringComparison.Ordinal);
                    Assert.DoesNotContain(service.Folder, text, StringComparison.Ordinal);
                }
            }

            foreach (var address in new[] { $"/api/studies?uid={Uri.EscapeDataString(evil)}", $"/studies?uid={Uri.EscapeDataString(evil)}", $"/requests?after={Uri.EscapeDataString(evil)}" })
            {
                using var response = await client.GetAsync(address);
                Assert.True((int)response.StatusCode < 500, $"{address}: {(int)response.StatusCode}");
                Assert.DoesNotContain("<script>alert", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }

            foreach (var address in new[] { $"/api/requests/1/studies/{Uri.EscapeDataString(evil)}", $"/requests/1/studies/{Uri.EscapeDataString(evil)}", $"/api/requests/{Uri.EscapeDataString(evil)}", $"/requests/{Uri.EscapeDataString(evil)}/cancel" })
            {
                using var response = await client.GetAsync(address);
                Assert.True((int)response.StatusCode is < 500, $"{address}: {(int)response.StatusCode}");
            }
        }

        Assert.Empty((await service.Requests.ListAsync(new(), TestService.Caller, CancellationToken.None)).Items);
        Assert.Equal(before, Files(service));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Damaged_json_is_refused_and_never_an_error_of_the_service(int seed)
    {
        await using var service = await (await TestService.CreateAsync(settings: "--Security:RequestsPerMinute=1000000")).StartAsync();
        using var client = service.ClientOf(key: null);
        var whole = Encoding.UTF8.GetBytes("""{"store": "store", "destination": "folder", "studies": ["1.2.3", "1.2.4"], "selection": {"where": "Modality = 'CT'", "series": ["1.2.3.4"], "whole": "Series"}, "priority": 5, "maxShards": 2}""");
        var random = new Random(seed);
        var statuses = new Dictionary<int, int>();
        for (var round = 0; round < 400; round++)
        {
            using var content = new ByteArrayContent(Damaged(whole, random));
            content.Headers.ContentType = new("application/json");
            using var response = await client.PostAsync(random.Next(2) == 0 ? "/api/requests?dryRun=true" : "/api/requests", content);
            var status = (int)response.StatusCode;
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            Assert.True(status is 200 or 202 or 400, $"seed {seed}, round {round}: {status} {await response.Content.ReadAsStringAsync()}\n{Encoding.UTF8.GetString(await content.ReadAsByteArrayAsync())}");
        }

        // Some changes leave the request one: the test reaches what is behind the parser, too.
        Assert.True(statuses.GetValueOrDefault(400) > 150, Text(statuses));
        Assert.True(statuses.GetValueOrDefault(200) + statuses.GetValueOrDefault(202) > 20, Text(statuses));
    }

    [Fact(Timeout = 120_000)]
    public async Task Keys_and_tokens_are_nowhere_but_with_their_owners()
    {
        var said = new ListLogger();
        string[] secrets;
        await using (var provider = await IdentityProvider.StartAsync())
        {
            await using var service = await (await TestService.CreateAsync(
                configure: builder => builder.Services.AddSingleton<ILoggerFactory>(said),
                settings:
                [
                    $"--Security:OpenIdConnect:Authority={provider.Authority}", "--Security:OpenIdConnect:AllowHttp=true", $"--Security:OpenIdConnect:Audience={IdentityProvider.Audience}",
                ])).StartAsync();
            var key = await service.CreateKeyAsync(ServiceRole.Administrator);
            var token = provider.Token(new Dictionary<string, object> { ["sub"] = "u-1", ["roles"] = "operator" });
            secrets = [key.Split('_')[2], Convert.ToHexString(Convert.FromHexString(key.Split('_')[2])), token, token.Split('.')[2]];
            var pages = new StringBuilder();
            foreach (var credential in new[] { key, token })
            {
                using var client = service.ClientOf(credential);
                using var created = await client.PostAsync("/api/requests", Visit.Json("""{"store": "store", "destination": "folder", "studies": ["1.2.3"]}"""));
                Assert.Equal(HttpStatusCode.Accepted, created.StatusCode);
                await service.EndOfAsync((await service.Requests.ListAsync(new(), TestService.Caller, CancellationToken.None)).Items[0].Id);
                foreach (var address in new[] { "/", "/requests/1", "/audit", "/keys", "/nodes", "/api/audit", "/api/requests/1", "/api/nodes", "/jobs", "/jobs/jobs/succeeded", "/jobs/servers", "/openapi/v1.json" })
                {
                    pages.Append(await (await client.GetAsync(address)).Content.ReadAsStringAsync());
                }
            }

            // What the job engine has: the number of a shard.
            var jobs = service.Get<Hangfire.JobStorage>().GetMonitoringApi().SucceededJobs(0, 10);
            Assert.NotEmpty(jobs);
            Assert.All(jobs, job => Assert.IsType<long>(Assert.Single(job.Value.Job.Args, argument => argument is not (null or CancellationToken))));
            AssertNone(secrets, pages.ToString(), "a page");
            await service.StopAsync();
            foreach (var file in Directory.EnumerateFiles(service.Folder, "*", SearchOption.AllDirectories))
            {
                AssertNone(secrets, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)), file);
            }
        }

        Assert.NotEmpty(said.Entries);
        AssertNone(secrets, string.Join('\n', said.Entries.Select(entry => $"{entry}")), "the log");
    }

    private static void AssertNone(IEnumerable<string> secrets, string text, string place) =>
        Assert.All(secrets, secret => Assert.False(text.Contains(secret, StringComparison.Ordinal), $"A secret is in {place}."));

    private static List<string> Files(TestService service) => [.. Directory.EnumerateFileSystemEntries(service.Folder).Order(StringComparer.Ordinal)];

    private static string Text(Dictionary<int, int> statuses) => string.Join(", ", statuses.Select(pair => $"{pair.Key}: {pair.Value}"));

    private static byte[] Damaged(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Count > 2; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, (byte)"{}[]\",:0-e\\\0 "[random.Next(13)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[", random.Next(1, 100)))));
                    break;
                case 5:
                    // A space between two parts changes nothing.
                    bytes.Insert(bytes.IndexOf((byte)':') + 1, (byte)' ');
                    break;
                default:
                    bytes.InsertRange(1, "\"store\": \"store\", "u8.ToArray());
                    break;
            }
        }

        return [.. bytes];
    }
}
