using System.CommandLine;
using CodRetrieve.Cli.Input;

namespace CodRetrieve.Cli.Options;

/// <summary>The options that say where the store is, how fast it is read, and for how long it is waited for.</summary>
internal sealed class NetworkOptions
{
    private readonly Option<string> _endpoint = CommonOption.Text("--endpoint", "URL", "Another address of the JSON API, such as an emulator's. Default: STORAGE_EMULATOR_HOST, or Google's.");

    private readonly Option<string> _caCert = CommonOption.Text("--ca-cert", "FILE", "Certificates of authorities (PEM) to trust besides those of the system, such as that of a proxy that inspects traffic.");

    private readonly Option<int?> _connections = Count("--connections", 1, 256, "Requests in flight at most, 1 to 256: it begins with 8, and finds out how many bring more. Default: 64.");

    private readonly Option<int?> _minConnections = Count("--min-connections", 1, 256, "Requests in flight that it does not go below, 1 to 256, and not above --connections; the same as that for a fixed number. Default: 1.");

    private readonly Option<long?> _limitRate = new("--limit-rate")
    {
        HelpName = "RATE",
        Recursive = true,
        Description = "Bytes per second at most, over all connections: 20M, 500K, 1.5G; 1M is a million. At least 1024. Default: no limit.",
        CustomParser = result => OptionValues.ParseRate(result, 1024),
    };

    private readonly Option<long?> _minRate = new("--min-rate")
    {
        HelpName = "RATE",
        Recursive = true,
        Description = "Bytes per second at least, of a response over a minute; a slower one counts as stalled. 0 for none. Default: 1024.",
        CustomParser = result => OptionValues.ParseRate(result, 0),
    };

    private readonly Option<TimeSpan?> _connectTimeout = Time("--connect-timeout", "How long making a connection may take. Default: 10s.");

    private readonly Option<TimeSpan?> _idleTimeout = Time("--idle-timeout", "How long a response, or the next bytes of one, may take before the connection counts as stalled: longer behind a proxy that scans whole files first. Default: 30s.");

    private readonly Option<int?> _retries = Count("--retries", 0, 100, "How often a request is tried again while the store responds to others, 0 to 100. Default: 6.");

    private readonly Option<TimeSpan?> _retryFor = Time("--retry-for", "How long an outage of the store, or of the line, is waited out: while it gives nothing to any request. Default: 15m.");

    public void AddTo(Command command) => CommonOption.AddTo(command, _endpoint, _caCert, _connections, _minConnections, _limitRate, _minRate, _connectTimeout, _idleTimeout, _retries, _retryFor);

    public NetworkRequest Of(ParseResult parsed) => new()
    {
        Endpoint = parsed.GetValue(_endpoint),
        CaCertificateFile = parsed.GetValue(_caCert),
        Connections = parsed.GetValue(_connections),
        MinConnections = parsed.GetValue(_minConnections),
        LimitRate = parsed.GetValue(_limitRate),
        MinRate = parsed.GetValue(_minRate),
        ConnectTimeout = parsed.GetValue(_connectTimeout),
        IdleTimeout = parsed.GetValue(_idleTimeout),
        Retries = parsed.GetValue(_retries),
        RetryFor = parsed.GetValue(_retryFor),
    };

    private static Option<int?> Count(string name, int min, int max, string description) =>
        new(name) { HelpName = "N", Recursive = true, Description = description, CustomParser = result => OptionValues.ParseCount(result, min, max) };

    private static Option<TimeSpan?> Time(string name, string description) =>
        new(name) { HelpName = "TIME", Recursive = true, Description = description, CustomParser = OptionValues.ParseDuration };
}
