using CodRetrieve.Cli.Input;
using CodRetrieve.Cli.Options;
using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

public sealed class CredentialTests
{
    private const string HttpsUrl = "https://storage.googleapis.com/" + TestStore.BucketName + "/demo";

    [Theory(Timeout = 30_000)]
    [InlineData("from-option", "from-option", "from-url", "from-environment", false)]
    [InlineData("from-url", null, "from-url", "from-environment", false)]
    [InlineData("from-environment", null, null, "from-environment", false)]
    [InlineData("from-environment", null, null, "from-environment", true)]
    [InlineData("from-option", "from-option", null, null, true)]
    [InlineData(null, null, null, null, true)]
    [InlineData(null, null, null, "", false)]
    [InlineData(null, null, null, null, false)]
    public async Task The_first_of_option_url_and_environment_is_used(string? expected, string? option, string? url, string? environment, bool anonymous)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        store.Environment["COD_RETRIEVE_TOKEN"] = environment;
        string[] args = ["stats", url is null ? HttpsUrl : $"{HttpsUrl}?token={url}", study.StudyInstanceUid];
        args = [.. args, .. option is null ? [] : new[] { "--token", option }, .. anonymous ? ["--anonymous"] : Array.Empty<string>()];

        var result = await store.RunAsync(args);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.All(store.Server.Requests, request => Assert.Equal(expected, request.BearerToken));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(true, "/")]
    [InlineData(true, "/storage/v1")]
    [InlineData(true, "/storage/v1/")]
    [InlineData(false, "/storage/v1/")]
    public async Task The_emulators_variable_works_with_and_without_a_scheme_a_slash_and_the_path_of_the_api(bool scheme, string path)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        store.Environment["STORAGE_EMULATOR_HOST"] = (scheme ? "http://" : "") + store.Server.Endpoint.Authority + path;

        var result = await store.RunBareAsync(CancellationToken.None, "download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_option_beats_the_emulators_variable()
    {
        await using var store = await CliStore.StartAsync();
        store.Environment["STORAGE_EMULATOR_HOST"] = "192.0.2.1:9";

        var result = await store.DownloadAsync(store.PutStudy());

        Assert.Equal(0, result.ExitCode);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("download", HttpsUrl + "?token=hush-hush", "1.2.3")]
    [InlineData("download", HttpsUrl + "?token=hush-hush", "1.2.3", "-o", "{out}")]
    [InlineData("download", HttpsUrl + "?token=hush-hush", "1.2.3", "-o", "{out}", "--json")]
    [InlineData("download", TestStore.Url, "1.2.3", "-o", "{out}", "--token", "hush-hush")]
    [InlineData("download", TestStore.Url, "1.2.3", "--token", "hush-hush")]
    [InlineData("stats", TestStore.Url, "1.2.3", "--token=hush-hush", "--connections", "x")]
    [InlineData("stats", TestStore.Url, "1.2.3", "--tokn=hush-hush")]
    [InlineData("stats", "https:/host/bucket?token=hush-hush", "1.2.3")]
    [InlineData("stats", "ftp://host/bucket?token=hush-hush", "1.2.3")]
    [InlineData("https://host/bucket?token=hush-hush", "1.2.3")]
    [InlineData("--token", "hush-hush", "1.2.3")]
    [InlineData("--tokens", "--token", "hush-hush")]
    public async Task No_token_is_ever_written(params string[] args)
    {
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { AcceptedTokens = ["another"] });
        var study = store.PutStudy();

        var result = await store.RunAsync([.. args.Select(arg => arg.Replace("{out}", store.Folder.Output, StringComparison.Ordinal).Replace("1.2.3", study.StudyInstanceUid, StringComparison.Ordinal))]);

        Assert.Contains(result.ExitCode, new[] { 2, 3 });
        Assert.NotEmpty(result.ErrorLines);
        Assert.DoesNotContain("hush", result.Out + result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task No_token_is_written_when_all_goes_well()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        store.Environment["COD_RETRIEVE_TOKEN"] = "hush-environment";

        var plain = await store.RunAsync("download", HttpsUrl + "?token=hush-url", study.StudyInstanceUid, "-o", store.Folder.Output);
        var json = await store.DownloadAsync(study, "--json", "--token", "hush-option");

        Assert.Equal((0, 0), (plain.ExitCode, json.ExitCode));
        Assert.DoesNotContain("hush", plain.Out + plain.Error + json.Out + json.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_invalid_key_file_exits_with_2_before_any_request()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var file = store.Folder.Write("key.json", "{ \"private_key\": \"hush-hush\" }");

        var result = await store.DownloadAsync(study, "--credentials", file, "--json");

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
        Assert.StartsWith($"error: The credential file '{file}' has no \"type\", or one that is not known.", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain("hush", result.Error, StringComparison.Ordinal);
        Assert.Empty(store.Server.Requests);
    }

    [Theory]
    [InlineData("application default", null, true, false)]
    [InlineData("application default", "https://storage.googleapis.com/", true, false)]
    [InlineData("anonymous", null, false, false)]
    [InlineData("anonymous", null, true, true)]
    [InlineData("anonymous", "http://127.0.0.1:4443/", true, false)]
    [InlineData("anonymous", "https://storage.googleapis.com.example.org/", true, false)]
    public void A_login_is_used_for_Google_only(string expected, string? endpoint, bool hasLogin, bool anonymous)
    {
        using var home = new TempFolder();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["HOME"] = home.Path };
        if (hasLogin)
        {
            Directory.CreateDirectory(Path.Combine(home.Path, ".config", "gcloud"));
            File.WriteAllText(Path.Combine(home.Path, ".config", "gcloud", "application_default_credentials.json"), "{}");
        }

        var (request, uri) = (new LoginRequest { Anonymous = anonymous }, endpoint is null ? null : new Uri(endpoint));

        Assert.Equal(expected, CredentialChoice.Choose(request, uri, environment).ToString());
        Assert.Equal(expected != "anonymous", CredentialChoice.FindLogin(request, uri, environment) is not null);
    }

    [Fact]
    public void A_key_file_named_in_the_environment_is_a_login()
    {
        Assert.Equal("key.json", GcloudFolder.FindLogin(new Dictionary<string, string?>(StringComparer.Ordinal) { ["GOOGLE_APPLICATION_CREDENTIALS"] = "key.json" }));
    }

    [Fact]
    public void A_login_is_used_for_an_emulator_when_asked_for()
    {
        var (request, uri, environment) = (new LoginRequest { ApplicationDefault = true }, new Uri("http://127.0.0.1:4443"), new Dictionary<string, string?>(StringComparer.Ordinal));

        Assert.Equal(("application default", null), (CredentialChoice.Choose(request, uri, environment).ToString(), CredentialChoice.FindLogin(request, uri, environment)));
    }
}
