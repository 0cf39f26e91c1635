using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Observability;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodRetrieve.Service.Tests.Deploy;

/// <summary>The files in <c>deploy</c> and the dashboard name only what the service knows.</summary>
public sealed partial class DeploymentFilesTests
{
    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [Fact]
    public void Settings_and_environment_of_the_containers_are_valid()
    {
        var environment = Variable().Matches(Read("deploy/docker/compose.yaml")).DistinctBy(static match => match.Groups["name"].Value)
            .ToDictionary(static match => match.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal), static match => (string?)match.Groups["value"].Value, StringComparer.Ordinal);
        Assert.True(environment.Count >= 3, "No variables of the service were found.");
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.Combine(Repository.Root, "deploy/docker/settings.json")).AddInMemoryCollection(environment).Build();
        var options = new ServiceOptions();

        configuration.GetSection(ServiceOptions.Section).Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);

        Assert.Null(new ServiceOptionsValidation().Validate(null, options).FailureMessage);
        Assert.Equal(DatabaseProvider.PostgreSql, options.Database.Provider);
        Assert.Equal(["archive", "pacs"], options.Destinations.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_dashboard_shows_only_metrics_that_exist()
    {
        using var provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var known = DocumentedMetric().Matches(Read("docs/telemetry.md"))
            .SelectMany(static match => PrometheusNames(match.Groups["name"].Value, match.Groups["kind"].Value, match.Groups["unit"].Value)).ToHashSet(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == ServiceMeter.Name)
            {
                known.UnionWith(PrometheusNames(instrument.Name, instrument.GetType().Name, instrument.Unit!));
            }
        };
        listener.Start();
        _ = new ServiceMeter(provider.GetRequiredService<IMeterFactory>());
        using var dashboard = JsonDocument.Parse(Read("docs/service/grafana-dashboard.json"));

        var shown = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(static panel => panel.GetProperty("targets").EnumerateArray())
            .SelectMany(static target => ShownMetric().Matches(target.GetProperty("expr").GetString()!)).Select(static match => match.Value).ToHashSet(StringComparer.Ordinal);

        Assert.True(shown.Count >= 10, "Hardly any metric was found in the dashboard.");
        Assert.Empty(shown.Except(known, StringComparer.Ordinal));
    }

    // As the OpenTelemetry specification has it ("Prometheus and OpenMetrics Compatibility"): units as suffixes, and _total for counters. Prometheus itself, which takes OTLP,
    // leaves a unit out that is a part of the name already, and the exporter of .NET only one that the name ends with.
    private static IEnumerable<string> PrometheusNames(string name, string kind, string unit)
    {
        var suffix = unit switch { "By" => "_bytes", "s" => "_seconds", _ => "" };
        var total = kind.StartsWith("Counter", StringComparison.Ordinal) ? "_total" : "";
        var plain = name.Replace('.', '_');
        return plain.EndsWith(suffix, StringComparison.Ordinal) ? [plain + total] : plain.Contains(suffix + "_", StringComparison.Ordinal) ? [plain + total, plain + suffix + total] : [plain + suffix + total];
    }

    [GeneratedRegex(@"^\s+(?<name>(Service|Security)__\w+): (?<value>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\| `(?<name>codretrieve\.[a-z.]+)` \| (?<kind>\w+) \| `(?<unit>[^`]+)`", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DocumentedMetric();

    [GeneratedRegex("codretrieve_[a-z_]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ShownMetric();
}
