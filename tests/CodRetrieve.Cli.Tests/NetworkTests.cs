using System.Net;
using System.Net.Sockets;
using CodRetrieve.Cli.Input;
using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

/// <summary>Networks and logins as people have them, by the whole program.</summary>
public sealed class NetworkTests
{
    private static readonly string[] Studies = ["1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.5", "1.2.6"];

    [Fact(Timeout = 60_000)]
    public async Task A_wrong_password_is_sent_to_a_proxy_once_for_six_studies_and_exits_with_7()
    {
        using var proxy = new FakeProxy("someone:right");
        using var folder = new TempFolder();

        var result = await RunAsync(
            new() { ["HTTPS_PROXY"] = $"http://someone:wrong-secret@127.0.0.1:{proxy.Port}" },
            ["download", "gs://test-bucket/p", .. Studies, "-o", folder.Output, "--anonymous"]);

        Assert.Equal(7, result.ExitCode);
        var line = Assert.Single(result.ErrorLines);
        Assert.Contains($"the proxy 127.0.0.1:{proxy.Port} wants a login, or refused the one that it was given (HTTP 407)", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Out + result.Error, StringComparison.Ordinal);
        Assert.Single(proxy.Logins);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("right-secret", 0)]
    [InlineData("wrong-secret", 5)]
    public async Task A_receiver_is_reached_through_a_proxy_over_TLS_and_a_wrong_password_is_sent_once(string password, int exitCode)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("pacs.example");
        await using var store = await CliStore.StartAsync();
        await using var receiver = await DicomWebReceiver.StartAsync(new() { ServerCertificate = certificate });
        using var proxy = new FakeProxy("someone:right-secret", target: receiver.ServiceUrl.Port);
        var study = store.PutStudy();

        var result = await RunAsync(
            new() { ["HTTPS_PROXY"] = $"http://someone:{password}@127.0.0.1:{proxy.Port}" },
            ["send", TestStore.Url, study.StudyInstanceUid, "--to", "https://pacs.example/dicom-web", "--ca-cert", authority.Write(store.Folder.Path), "--endpoint", store.Server.Endpoint.AbsoluteUri]);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.DoesNotContain("-secret", result.Out + result.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode == 0 ? 5 : 0, receiver.Instances.Count);
        Assert.All(proxy.Requests, line => Assert.StartsWith("CONNECT pacs.example:443 ", line, StringComparison.Ordinal));
        if (exitCode != 0)
        {
            Assert.Contains($"the proxy 127.0.0.1:{proxy.Port} wants a login, or refused the one that it was given (HTTP 407)", result.Error, StringComparison.Ordinal);
            Assert.Single(proxy.Logins);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_no_address_of_a_proxy_exits_with_2()
    {
        using var folder = new TempFolder();

        var result = await RunAsync(new() { ["HTTPS_PROXY"] = "ftp://someone:secret@proxy" }, ["stats", "gs://test-bucket/p", "1.2.3"]);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error: The environment variable HTTPS_PROXY holds no address of a proxy.", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_token_for_this_machine_never_goes_through_a_proxy()
    {
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { AcceptedTokens = ["secret-token"] });
        using var proxy = new FakeProxy();
        var study = store.PutStudy();

        var result = await RunAsync(
            new() { ["http_proxy"] = $"http://127.0.0.1:{proxy.Port}", ["ALL_PROXY"] = $"http://127.0.0.1:{proxy.Port}", ["COD_RETRIEVE_TOKEN"] = "secret-token" },
            ["download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--endpoint", store.Server.Endpoint.AbsoluteUri]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Empty(proxy.Requests);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_store_that_gives_no_response_exits_with_6_after_the_time_that_was_given(bool many)
    {
        using var folder = new TempFolder();
        var port = FreePort();
        string[] studies = many ? Studies : ["1.2.3"];

        var result = await RunAsync([], ["download", "gs://test-bucket/p", .. studies, "-o", folder.Output, "--endpoint", $"http://127.0.0.1:{port}", "--retries", "1", "--retry-for", "1s"]);

        Assert.Equal(6, result.ExitCode);
        Assert.Contains("127.0.0.1 cannot be reached (ConnectionRefused)", result.Error, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_command_without_a_display_says_why_it_waits(bool quiet)
    {
        using var folder = new TempFolder();
        string[] more = quiet ? ["--quiet"] : [];

        var result = await RunAsync([], ["stats", "gs://test-bucket/p", "1.2.3", "--endpoint", $"http://127.0.0.1:{FreePort()}", "--retries", "5", "--retry-for", "1s", .. more]);

        Assert.Equal(!quiet, result.Error.Contains("warning: waiting, and trying again for as long as --retry-for says: gs://test-bucket/p/studies/1.2.3/series/: 127.0.0.1 cannot be reached (ConnectionRefused).", StringComparison.Ordinal));
        Assert.Equal(quiet ? 1 : 2, result.ErrorLines.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_certificate_that_is_not_trusted_exits_with_6_and_names_the_option()
    {
        await using var server = await TlsServer.StartAsync();
        using var folder = new TempFolder();
        string[] args = ["download", "gs://test-bucket/p", "1.2.3", "-o", folder.Output, "--endpoint", server.Endpoint.AbsoluteUri];

        var refused = await RunAsync([], args);
        var trusted = await RunAsync([], [.. args, "--ca-cert", server.WriteCertificate(folder.Path)]);
        var asGcloud = await RunAsync(new() { ["CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE"] = server.WriteCertificate(folder.Path) }, args);
        var unreadable = await RunAsync([], [.. args, "--ca-cert", folder.Write("none.pem", "nothing")]);

        Assert.Equal(6, refused.ExitCode);
        Assert.Contains("the certificate of localhost is rejected: its issuer is not trusted", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("--ca-cert", refused.Error, StringComparison.Ordinal);
        Assert.Equal((4, 4), (trusted.ExitCode, asGcloud.ExitCode));
        Assert.Equal(2, unreadable.ExitCode);
        Assert.Contains("none.pem' holds no certificate in PEM", unreadable.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_scanner_that_holds_a_response_back_works_with_a_longer_idle_timeout_and_the_error_names_the_option()
    {
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { Latency = TimeSpan.FromMilliseconds(1_500) });
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 1 });

        var tooShort = await store.DownloadAsync(study, "--idle-timeout", "0.2s", "--retries", "0");
        var longEnough = await store.DownloadAsync(study, "--idle-timeout", "20s");

        Assert.Equal(6, tooShort.ExitCode);
        Assert.Contains("within 0.2 s (the idle timeout: IdleTimeout, --idle-timeout)", tooShort.Error, StringComparison.Ordinal);
        Assert.Equal((0, ""), (longEnough.ExitCode, longEnough.Error));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_options_reach_the_library()
    {
        var request = new Request
        {
            Bucket = TestStore.Url,
            Studies = ["1"],
            Network = new() { MinRate = 5, ConnectTimeout = TimeSpan.FromSeconds(1), IdleTimeout = TimeSpan.FromSeconds(2), Retries = 3, RetryFor = TimeSpan.FromSeconds(4), Connections = 5, MinConnections = 4 },
        };
        var options = Session.Options(request, BucketChoice.Parse(request.Bucket, token: null), new Terminal(TextWriter.Null, TextWriter.Null, new Dictionary<string, string?>(StringComparer.Ordinal)));

        Assert.Equal(
            (5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), 3, TimeSpan.FromSeconds(4), 5, 4),
            (options.MinBytesPerSecond, options.ConnectTimeout, options.IdleTimeout, options.MaxRetryAttempts, options.MaxOutage, options.MaxConnections, options.MinConnections));
        await Task.CompletedTask;
    }

    [UnixFact]
    public async Task A_command_gives_tokens_and_is_asked_again_when_they_expire()
    {
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { AcceptedTokens = ["token-2"] });
        var study = store.PutStudy();
        var count = store.Folder.Write("count", "0");
        var command = $"n=$(($(cat '{count}') + 1)); echo $n > '{count}'; echo; echo token-$n";

        var result = await store.DownloadAsync(study, "--token-command", command);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal("2", (await File.ReadAllTextAsync(count)).Trim());
    }

    [UnixFact]
    public async Task A_command_that_fails_exits_with_3_and_says_why_without_what_it_printed()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var failed = await store.DownloadAsync(study, "--token-command", "echo hush-hush; echo 'first' >&2; echo 'Reauthentication required.' >&2; exit 3");
        var silent = await store.DownloadAsync(study, "--token-command", "true");
        var missing = await store.DownloadAsync(study, "--token-command", "no-such-command-at-all");

        Assert.Equal((3, 3, 3), (failed.ExitCode, silent.ExitCode, missing.ExitCode));
        Assert.Contains("The command of --token-command ended with code 3: Reauthentication required.", failed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failed.Error, StringComparison.Ordinal);
        Assert.Contains("ended with code 0 and printed nothing: it said nothing", silent.Error, StringComparison.Ordinal);
        Assert.Contains("ended with code 127 and printed nothing", missing.Error, StringComparison.Ordinal);
        Assert.Empty(store.Server.Requests);
    }

    [UnixFact]
    public async Task A_command_that_hangs_ends_with_the_idle_timeout_and_is_killed()
    {
        await using var store = await CliStore.StartAsync();
        var pid = Path.Combine(store.Folder.Path, "pid");

        var result = await store.DownloadAsync(store.PutStudy(), "--token-command", $"echo $$ > '{pid}'; exec sleep 600", "--idle-timeout", "0.5s");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("gave no access token for 0.5 s", result.Error, StringComparison.Ordinal);
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pid), System.Globalization.CultureInfo.InvariantCulture));
            await process.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // It has ended already.
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_gives_tokens_and_is_read_again_when_they_expire()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var file = store.Folder.Write("token", "", "  first  ");
        store.Server.Faults.Add(new FaultRule(Fault.Unauthorized())
        {
            When = request =>
            {
                // It expires, and whatever renews it is quick.
                File.WriteAllText(file, "second\n");
                return request.BearerToken == "first";
            },
            Skip = 2,
        });

        var result = await store.DownloadAsync(study, "--token-file", file, "--connections", "1");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["first", "second"], store.Server.Requests.Select(request => request.BearerToken).Distinct());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_file_without_a_token_exits_with_2(string? content)
    {
        await using var store = await CliStore.StartAsync();
        var file = content is null ? "no-such-file" : store.Folder.Write("token", content);

        var result = await store.DownloadAsync(store.PutStudy(), "--token-file", file);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"The file '{file}' holds no access token", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_was_good_for_a_while_is_waited_out_until_another_is_in_the_file()
    {
        using var folder = new TempFolder();
        var path = folder.Write("token", "first");
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var file = new TokenFile(path, time);
        Assert.Equal("first", await file.GetAsync(default));
        Assert.Equal("first", await file.GetAsync(default));
        time.Advance(TimeSpan.FromHours(1));

        var next = file.GetAsync(default).AsTask();
        Assert.False(next.IsCompleted);
        await File.WriteAllTextAsync(path, "");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(next.IsCompleted);
        await File.WriteAllTextAsync(path, "second");
        while (!next.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal("second", await next);
    }

    [Theory]
    [InlineData(true, "The login in {file} was used because it was found; without it the bucket cannot be read either.")]
    [InlineData(false, "gcloud is logged in, but not for other programs: run 'gcloud auth application-default login', or give --token-command 'gcloud auth print-access-token'.")]
    public void A_refusal_says_which_login_was_found_or_what_gcloud_lacks(bool hasLogin, string said)
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "application_default_credentials.json");
        folder.Write(hasLogin ? Path.GetFileName(file) : "credentials.db", "{}");
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["CLOUDSDK_CONFIG"] = folder.Path };
        var request = new Request { Bucket = TestStore.Url, Studies = ["1"] };

        var text = Output.ErrorText.TextWithNextStep(new ObjectStoreException(ObjectStoreFailure.Unauthorized, "Refused."), request, environment);

        Assert.StartsWith("Refused. " + said.Replace("{file}", file, StringComparison.Ordinal), text, StringComparison.Ordinal);
    }

    private static async Task<CliResult> RunAsync(Dictionary<string, string> environment, string[] args)
    {
        using var process = CliProcess.Start(environment, args);
        return await process.EndAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
