using System.Text.Json;
using System.Text.Json.Nodes;
using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

/// <summary>The program in native code does what it does on the runtime: nothing that it reaches by reflection was left out of it.</summary>
public sealed class NativeProgramTests
{
    [NativeFact]
    public async Task Every_help_page_is_the_same()
    {
        foreach (var args in new string[][] { ["--help"], ["--version"], ["download", "--help"], ["stats", "--help"], ["verify", "--help"], ["download"] })
        {
            var (managed, native) = await RunBothAsync(_ => args);

            Assert.Equal(managed, native);
        }
    }

    [NativeFact]
    public async Task Every_command_says_and_saves_the_same()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var endpoint = store.Server.Endpoint.AbsoluteUri;
        string Output(string program, string form) => Path.Combine(store.Folder.Path, program + form);
        foreach (var form in new[] { "folder", "zip" })
        {
            string[] Destination(string program) =>
                ["-o", Output(program, form), "--endpoint", endpoint, .. form == "zip" ? ["--zip"] : Array.Empty<string>()];
            string Report(string program) => Path.Combine(store.Folder.Path, program + form + ".json");
            foreach (var args in new Func<string, string[]>[]
            {
                program => ["stats", TestStore.Url, study.StudyInstanceUid, .. Destination(program)],
                program => ["download", TestStore.Url, study.StudyInstanceUid, "--dry-run", "--json", .. Destination(program)],
                program => ["download", TestStore.Url, study.StudyInstanceUid, "--json", "--report", Report(program), .. Destination(program)],
                program => ["download", TestStore.Url, study.StudyInstanceUid, "1.2.404", "--log-level", "debug", .. Destination(program)],
                program => ["verify", TestStore.Url, study.StudyInstanceUid, "--json", .. Destination(program)],
            })
            {
                var (managed, native) = await RunBothAsync(args);

                Assert.Equal(WithoutTimes(managed.Out), WithoutTimes(native.Out).Replace(Output("native", form), Output("managed", form), StringComparison.Ordinal));
                Assert.Equal(managed.ExitCode, native.ExitCode);
                Assert.Equal(managed.ErrorLines.Count, native.ErrorLines.Count);
            }

            Assert.Equal(study.Expected(), SavedFiles.In(Output("native", form), form == "zip"));
            Assert.Equal(
                Records(Report("managed")),
                Records(Report("native")).Select(record => record.Replace("native" + form, "managed" + form, StringComparison.Ordinal)));
        }
    }

    [NativeFact]
    public async Task Cohorts_are_read_and_reports_written_as_tables()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var files = Path.Combine(Repository.Root, "tests", "CodRetrieve.Cli.Tests", "Cohorts", "Files");
        string[] cohorts =
        [
            store.Folder.Write("cohort.parquet", await ParquetFile.OfTextAsync(1, ("x", ["a", null]), ("StudyInstanceUID", [study.StudyInstanceUid, study.StudyInstanceUid]))),
            store.Folder.Write("cohort.csv", "x;Study UID", $"\"a\nb\";{study.StudyInstanceUid}"),
            store.Folder.Write("cohort.json", $"[{{\"0020000D\": {{\"vr\": \"UI\", \"Value\": [\"{study.StudyInstanceUid}\"]}}}}]"),
        ];
        foreach (var (cohort, extension) in cohorts.Zip([".parquet", ".csv", ".parquet"]))
        {
            string Name(string program) => Path.Combine(store.Folder.Path, program + Path.GetFileName(cohort));
            var (managed, native) = await RunBothAsync(program =>
                ["download", TestStore.Url, "--from", cohort, "-o", Name(program), "--report", Name(program) + extension, "--endpoint", store.Server.Endpoint.AbsoluteUri]);

            Assert.Equal((0, "", 0, ""), (managed.ExitCode, managed.Error, native.ExitCode, native.Error));
            Assert.Equal(await RowsAsync(Name("managed") + extension), await RowsAsync(Name("native") + extension));
        }

        // Each with another compression or encoding, and 60 studies that the store does not have.
        foreach (var file in Directory.EnumerateFiles(files, "*.parquet"))
        {
            using var process = CliProcess.StartProgram(NativeProgram.Find()!, "stats", TestStore.Url, "--from", file, "--json", "--endpoint", store.Server.Endpoint.AbsoluteUri);
            var result = await process.EndAsync();

            Assert.Equal((4, 60), (result.ExitCode, result.Json.GetProperty("missingStudies").GetArrayLength()));
        }

        async Task<IEnumerable<string>> RowsAsync(string report) => (await ReportTable.ReadAsync(report))
            .Select(row => $"{row["study"]} {row["series"]} {row["instance"]} {row["outcome"]} {row["bytes"]} {row["crc32c"]} {row["error"]}").Order(StringComparer.Ordinal);
    }

    [NativeFact]
    public async Task A_service_account_logs_in()
    {
        await using var tokens = await TokenServer.StartAsync();
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { AcceptedTokens = ["token-2"] });
        var study = store.PutStudy();

        using var process = CliProcess.StartProgram(
            NativeProgram.Find()!, "download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--endpoint", store.Server.Endpoint.AbsoluteUri,
            "--credentials", tokens.WriteKey(store.Folder.Path));
        var result = await process.EndAsync();

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(study.Expected(), SavedFiles.In(store.Folder.Output, zip: false));
        Assert.Equal(2, tokens.Given);
    }

    [NativeFact]
    public async Task A_persons_login_is_understood()
    {
        await using var store = await CliStore.StartAsync();
        var login = store.Folder.Write("login.json", """{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r"}""");

        // Google's endpoint for such logins cannot be chosen, so the way to it is barred: what matters is that the file was read.
        using var process = CliProcess.StartProgram(
            NativeProgram.Find()!,
            new Dictionary<string, string> { ["GOOGLE_APPLICATION_CREDENTIALS"] = login, ["HTTPS_PROXY"] = "http://127.0.0.1:1" },
            "stats", TestStore.Url, "1.2.3", "--adc", "--retries", "1", "--retry-for", "0s", "--endpoint", store.Server.Endpoint.AbsoluteUri);
        var result = await process.EndAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("access token: the proxy 127.0.0.1:1 cannot be reached", result.Error, StringComparison.Ordinal);
    }

    private static async Task<(CliResult Managed, CliResult Native)> RunBothAsync(Func<string, string[]> args)
    {
        var managed = await CliProcess.RunAsync(args("managed"));
        using var native = CliProcess.StartProgram(NativeProgram.Find()!, args("native"));
        return (managed, await native.EndAsync());
    }

    // Times differ from run to run; everything else must not.
    private static string WithoutTimes(string text)
    {
        if (!text.StartsWith('{'))
        {
            return text.Split(" fetched in ")[0];
        }

        var json = JsonNode.Parse(text)!.AsObject();
        Assert.True(json.Remove("elapsedSeconds"));
        // In the order in which they ended.
        json["series"] = new JsonArray([.. json["series"]!.AsArray().Select(series => series!.DeepClone()).OrderBy(series => series.ToJsonString(), StringComparer.Ordinal)]);
        return json.ToJsonString();
    }

    private static IEnumerable<string> Records(string report)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(report));
        return [.. document.RootElement.GetProperty("instances").EnumerateArray().Select(record => record.GetRawText()).Order(StringComparer.Ordinal)];
    }
}
