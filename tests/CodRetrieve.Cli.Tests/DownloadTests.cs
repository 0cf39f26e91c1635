using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

public sealed class DownloadTests
{
    [Theory(Timeout = 30_000)]
    [InlineData("file")]
    [InlineData("variable")]
    public async Task Zips_are_encrypted_with_the_password_of_a_file_or_a_variable(string from)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        string[] options = ["--zip"];
        if (from == "file")
        {
            options = ["--zip", "--zip-password-file", store.Folder.Write("password", "secret of zips")];
        }
        else
        {
            store.Environment["COD_RETRIEVE_ZIP_PASSWORD"] = "secret of zips";
        }

        Assert.Equal(0, (await store.DownloadAsync(study, options)).ExitCode);
        Assert.Equal(0, (await store.RunAsync(["verify", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, .. options])).ExitCode);
        using (var zip = System.IO.Compression.ZipFile.OpenRead(Path.Combine(store.Folder.Output, study.StudyInstanceUid + ".zip")))
        {
            Assert.All(zip.Entries, entry => Assert.True(entry.IsEncrypted));
        }

        store.Environment["COD_RETRIEVE_ZIP_PASSWORD"] = "another";
        var refused = await store.DownloadAsync(study, "--zip");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("was encrypted with another password. Give that one", refused.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_with_the_password_of_zips_is_refused_without_zips_or_a_password()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var file = store.Folder.Write("password", "");

        Assert.Equal((2, "error: --zip-password-file is for zips: give --zip, too."), Refused(await store.DownloadAsync(study, "--zip-password-file", file)));
        Assert.Equal((2, $"error: The first line of {file} holds no password."), Refused(await store.DownloadAsync(study, "--zip", "--zip-password-file", file)));
        Assert.Equal(2, (await store.DownloadAsync(study, "--zip", "--zip-password-file", file + "x")).ExitCode);

        static (int, string) Refused(CliResult result) => (result.ExitCode, result.ErrorLines[0]);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Saves_every_instance_and_exits_with_0(bool zip)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var result = await store.DownloadAsync(study, zip ? ["--zip"] : []);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(study.Expected(), SavedFiles.In(store.Folder.Output, zip));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_second_run_fetches_nothing()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await store.DownloadAsync(study);
        store.Server.ClearRequests();

        var result = await store.DownloadAsync(study);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("0 instances saved (0 B), 5 skipped, 0 failed", result.Out, StringComparison.Ordinal);
        Assert.Equal(0, store.Server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Redirected_output_has_a_first_line_one_for_each_series_and_a_summary()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var result = await store.DownloadAsync(study);

        var lines = result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(4, lines.Length);
        Assert.Equal($"Retrieving 1 study of {TestStore.Url} into {store.Folder.Output}", lines[0]);
        Assert.All(study.Series, series => Assert.Single(lines, $"saved {study.StudyInstanceUid}/{series.SeriesInstanceUid}: {series.Instances.Count} instances, {(series.Instances.Count == 3 ? "101.6 kB" : "67.7 kB")}"));
        Assert.StartsWith("complete: 5 instances saved (169.4 kB), 0 skipped, 0 failed; ", lines[3], StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_terminal_shows_a_bar_a_table_and_the_summary()
    {
        await using var store = await CliStore.StartAsync();
        store.IsInteractive = true;
        var study = store.PutStudy();

        var result = await store.DownloadAsync(study);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("complete: 5 instances saved", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("saved " + study.StudyInstanceUid, result.Out, StringComparison.Ordinal);
        var rows = Rows(result.Out);
        Assert.Equal(["SERIES", "SAVED", "SKIPPED", "FAILED", "BYTES", "OUTCOME"], rows[0]);
        Assert.Equal(
            study.Series.Select(series => string.Join(' ', "…" + series.SeriesInstanceUid[^11..], series.Instances.Count, 0, 0, series.Instances.Count == 3 ? "101.6 kB" : "67.7 kB", "saved")).Order(StringComparer.Ordinal),
            rows.Skip(1).Select(row => string.Join(' ', row)).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Of_many_series_the_table_has_a_row_a_study_and_those_to_look_at_first()
    {
        await using var store = await CliStore.StartAsync();
        store.IsInteractive = true;
        var small = new SyntheticSeriesOptions { InstanceCount = 1, InstanceSizeBytes = 2_000, MetadataBytesPerInstance = 0 };
        var studies = Enumerable.Range(1, 23).Select(seed => store.PutStudy(seed, seed == 22 ? [small, small with { OmitTar = true }] : [small])).ToList();

        var result = await store.RunAsync(["download", TestStore.Url, .. studies.Select(study => study.StudyInstanceUid), "-o", store.Folder.Output]);

        Assert.Equal(1, result.ExitCode);
        var rows = Rows(result.Out);
        Assert.Equal(22, rows.Count);
        Assert.Equal("STUDY", rows[0][0]);
        Assert.Equal("…" + studies[21].StudyInstanceUid[^11..], rows[1][0]);
        Assert.Equal("incomplete", rows[1][^1]);
        Assert.Equal(["3 more", "3", "0", "0", "6.0 kB", "saved"], rows[^1]);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_failed_is_followed_by_what_to_do_next(bool interactive)
    {
        await using var store = await CliStore.StartAsync();
        store.IsInteractive = interactive;

        var result = await store.DownloadAsync(store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 3, CorruptInstances = [1] }));

        Assert.EndsWith("Run the same command again to try what failed once more; what is saved is not fetched again.", result.Out.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(interactive, Rows(result.Out).Any(row => row is [_, "2", "0", "1", "67.7 kB", "incomplete"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_terminal_gets_the_errors_after_the_bar()
    {
        await using var store = await CliStore.StartAsync();
        store.IsInteractive = true;
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 3, CorruptInstances = [1] });

        var result = await store.DownloadAsync(study);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(study.Series[0].Instances[1].SopInstanceUid, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Quiet_writes_nothing_when_all_went_well()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 2, Lock = true });

        var result = await store.DownloadAsync(study, "--quiet");

        Assert.Equal(new CliResult(0, "", ""), result);
    }

    [Fact(Timeout = 30_000)]
    public async Task Quiet_still_writes_errors()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 3, CorruptInstances = [0] });

        var result = await store.DownloadAsync(study, "--quiet");

        Assert.Equal((1, ""), (result.ExitCode, result.Out));
        Assert.Contains(study.Series[0].Instances[0].SopInstanceUid, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_writers_lock_is_a_warning_and_no_failure()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 2, Lock = true });

        var result = await store.DownloadAsync(study);

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("warning: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_row_of_the_table_is_a_line_where_the_terminal_has_80_columns()
    {
        await using var store = await CliStore.StartAsync();
        store.IsInteractive = true;
        var studies = new[] { store.PutStudy(1), store.PutStudy(2) };

        var result = await store.RunAsync(["download", TestStore.Url, .. studies.Select(study => study.StudyInstanceUid), "-o", store.Folder.Output]);

        foreach (var series in studies.SelectMany(study => study.Series))
        {
            var row = Assert.Single(result.Out.Split('\n'), line => line.Contains($"│ …{series.SeriesInstanceUid[^11..]} │", StringComparison.Ordinal));
            Assert.Contains("│ saved   │", row, StringComparison.Ordinal);
            Assert.InRange(row.TrimEnd().Length, 1, 80);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Instances_without_a_CRC32C_are_named_as_unverified()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 2, NoCrc32c = true, TarHashes = ObjectHashes.None });

        var result = await store.DownloadAsync(study, "--json");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(2, result.Json.GetProperty("instancesUnverified").GetInt32());
        Assert.Contains("CRC32C for 2 instances", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task After_20_failed_instances_the_others_are_a_number()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 30, InstanceSizeBytes = 2_000, CorruptInstances = [.. Enumerable.Range(0, 25)] });

        var result = await store.DownloadAsync(study, "--json");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(21, result.ErrorLines.Count);
        Assert.Equal("error: and 5 more instances (--json names them all)", result.ErrorLines[^1]);
        Assert.Equal(25, result.Json.GetProperty("series")[0].GetProperty("errors").GetArrayLength());
    }

    [Fact(Timeout = 30_000)]
    public async Task Connections_bound_the_requests_in_flight()
    {
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { Latency = TimeSpan.FromMilliseconds(5) });
        var study = store.PutStudy(1, [.. Enumerable.Range(0, 12).Select(_ => new SyntheticSeriesOptions { InstanceCount = 2 })]);

        var result = await store.DownloadAsync(study, "--connections", "2");

        Assert.Equal(0, result.ExitCode);
        Assert.InRange(store.Server.PeakConcurrentRequests, 1, 2);
    }

    [Fact(Timeout = 30_000)]
    public async Task User_project_is_billed()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        store.Bucket.RequesterPays = true;

        var result = await store.DownloadAsync(study, "--user-project", "my-project");

        Assert.Equal(0, result.ExitCode);
        Assert.All(store.Server.Requests, request => Assert.Contains("userProject=my-project", request.Target, StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_store_on_a_disk_needs_no_server()
    {
        await using var store = await CliStore.StartAsync();
        var study = new SyntheticStudy(seed: 5);
        study.AddSeries(new SyntheticSeriesOptions { InstanceCount = 2 });
        var source = Path.Combine(store.Folder.Path, "store");
        await study.WriteToDirectoryAsync(source, "");

        var result = await store.RunBareAsync(CancellationToken.None, "download", source, study.StudyInstanceUid, "-o", store.Folder.Output);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(study.Expected(), SavedFiles.In(store.Folder.Output, zip: false));
    }

    // The cells of the table that a terminal gets.
    private static List<string[]> Rows(string output) =>
        [.. output.Split('\n').Where(line => line.StartsWith('│')).Select(line => line.Split('│', StringSplitOptions.TrimEntries)[1..^1])];
}
