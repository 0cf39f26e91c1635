using System.Net;
using System.Text.RegularExpressions;
using CodRetrieve.Service.Security;
using CodRetrieve.Service.Tests.Support;

namespace CodRetrieve.Service.Tests.Observability;

public sealed partial class PrometheusTests
{
    [Fact(Timeout = 60_000)]
    public async Task Metrics_are_for_those_who_see_all_tenants_and_have_the_names_of_the_dashboard()
    {
        await using var store = await TestStoreServer.StartAsync(2);
        await using var service = await (await TestService.CreateAsync(store: TestStoreServer.Url, settings: [store.Endpoint, "--Service:PrometheusEndpoint=true"])).StartAsync();
        await service.EndOfAsync((await service.RequestAsync([.. store.Uids, "1.2.3.4"])).Id);
        using var nobody = service.ClientOf("crk_nobody");
        using var tenant = service.ClientOf(await service.CreateKeyAsync(ServiceRole.Administrator, "north"));
        using var viewer = service.ClientOf(await service.CreateKeyAsync(ServiceRole.Viewer));
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync(ServicePaths.Metrics)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await tenant.GetAsync(ServicePaths.Metrics)).StatusCode);

        var metrics = await viewer.GetStringAsync(ServicePaths.Metrics);
        Assert.Matches("(?m)^codretrieve_service_studies_saved_total\\S* 2( |$)", metrics);
        Assert.Matches("(?m)^codretrieve_service_studies_failed_total\\{[^}]*reason=\"NotFound\"[^}]*\\} 1( |$)", metrics);
        var known = Names().Matches(metrics).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        var shown = Names().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "service", "grafana-dashboard.json"))).Select(match => match.Value).Distinct(StringComparer.Ordinal);

        // The first has this name where Prometheus takes OTLP; the others are there once something of the kind has happened.
        string[] elsewhere = ["codretrieve_bytes_received_total", "codretrieve_requests_retried_total", "codretrieve_instances_failed_total"];
        Assert.Empty(shown.Except(known, StringComparer.Ordinal).Except(elsewhere, StringComparer.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_at_the_address_unless_it_is_wanted()
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        using var client = service.ClientOf(key: null);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(ServicePaths.Metrics)).StatusCode);
    }

    [GeneratedRegex("codretrieve_[a-z_]+", RegexOptions.NonBacktracking)]
    private static partial Regex Names();
}
