using System.Globalization;
using System.Text.Json;
using CodRetrieve.Cli.Output;
using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

public sealed class ListTests
{
    private static SyntheticStudy Put(CliStore store, string uid, params SyntheticSeriesOptions[] series)
    {
        var study = new SyntheticStudy(uid, seed: uid.Sum(static c => c));
        foreach (var options in series.Length > 0 ? series : [new SyntheticSeriesOptions { InstanceCount = 2 }])
        {
            study.AddSeries(options);
        }

        study.PutInto(store.Bucket, TestStore.Prefix);
        return study;
    }

    private static string[] Lines(CliResult result) => result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] Cells(string line) => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [Fact(Timeout = 30_000)]
    public async Task Each_study_is_a_line_and_the_sum_is_on_standard_error()
    {
        await using var store = await CliStore.StartAsync();
        Put(store, "1.2.3");
        var other = Put(store, "1.2.4444", new SyntheticSeriesOptions { InstanceCount = 1 }, new SyntheticSeriesOptions { OmitMetadata = true, InstanceCount = 1 });
        store.Bucket.Put(other.Series[0].TarName(TestStore.Prefix), other.Series[0].Tar, new TestObjectOptions { StorageClass = "ARCHIVE" });

        var result = await store.RunAsync("list", TestStore.Url);

        Assert.Equal(0, result.ExitCode);
        var lines = Lines(result);
        Assert.Equal(["STUDY", "SERIES", "BYTES", "UPDATED", "NOTES"], Cells(lines[0]));
        var (first, second) = (Cells(lines[1]), Cells(lines[2]));
        Assert.Equal(("1.2.3", "1"), (first[0], first[1]));
        Assert.Equal(4, first.Length);
        Assert.Equal(("1.2.4444", "2"), (second[0], second[1]));
        Assert.True(DateTime.TryParseExact(second[3], "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
        Assert.EndsWith(" of it in ARCHIVE, 1 series with problems", second[4], StringComparison.Ordinal);
        Assert.Matches(@"^2 studies, 3 series, \d+\.\d kB, \d+\.\d kB of it in ARCHIVE; 1 series with problems$", Assert.Single(result.ErrorLines));
        Assert.Equal(RequestKind.List, Assert.Single(store.Server.Requests).Kind);
    }

    [Fact(Timeout = 30_000)]
    public async Task Series_and_instances_are_lines_on_request()
    {
        await using var store = await CliStore.StartAsync();
        var study = Put(store, "1.2.3", new SyntheticSeriesOptions { InstanceCount = 2 }, new SyntheticSeriesOptions { OmitTar = true, InstanceCount = 1 });

        var series = Lines(await store.RunAsync("list", TestStore.Url, "--level", "series"));
        var instances = await store.RunAsync("list", TestStore.Url, "--level", "instance");

        Assert.Equal(["STUDY", "SERIES", "BYTES", "UPDATED", "CLASS", "PROBLEM"], Cells(series[0]));
        Assert.Contains(series, line => Cells(line) is ["1.2.3", var uid, _, _, "STANDARD"] && uid == study.Series[0].SeriesInstanceUid);
        Assert.Contains(series, line => Cells(line) is ["1.2.3", var uid, "-", _, "-", "noTar"] && uid == study.Series[1].SeriesInstanceUid);
        Assert.Equal(1 + 3, Lines(instances).Length);
        Assert.All(study.Series.SelectMany(one => one.Instances), instance => Assert.Contains(Lines(instances), line => line.Contains(instance.SopInstanceUid, StringComparison.Ordinal)));
        Assert.Matches("^1 study, 2 series, 3 instances, .* kB; 1 series with problems$", Assert.Single(instances.ErrorLines));
    }

    [Fact(Timeout = 30_000)]
    public async Task Conditions_are_all_to_be_met_and_instances_are_counted()
    {
        await using var store = await CliStore.StartAsync();
        Put(store, "1.1", new SyntheticSeriesOptions { InstanceCount = 5 });
        Put(store, "1.2", new SyntheticSeriesOptions { InstanceCount = 5, Modality = "MR" });

        var result = await store.RunAsync("list", TestStore.Url, "--where", "Modality=MR", "--where", "InstanceNumber<=2");

        Assert.Equal(0, result.ExitCode);
        var lines = Lines(result);
        Assert.Equal(["STUDY", "SERIES", "INSTANCES", "BYTES", "UPDATED", "NOTES"], Cells(lines[0]));
        Assert.Equal(["1.2", "1", "2"], Cells(Assert.Single(lines[1..]))[..3]);
        Assert.StartsWith("1 study, 1 series, 2 instances, ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("Modality=CT and", "position")]
    [InlineData("Modalty=CT", "Modality")]
    [InlineData("", "position")]
    public async Task A_condition_that_is_none_is_a_usage_error_with_its_position(string condition, string expected)
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("list", TestStore.Url, "--where", "Modality=CT", "--where", condition);

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
        Assert.StartsWith("error: --where: ", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains(expected, result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Empty(store.Server.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("--level", "patient")]
    [InlineData("--level", "1")]
    [InlineData("--after", "../x")]
    [InlineData("--after", "")]
    [InlineData("--max-storage-class", "glacier")]
    [InlineData("--max-storage-class", "2")]
    [InlineData("--json", "--csv")]
    [InlineData("1.2.3")]
    [InlineData("--all")]
    public async Task Bad_usage_exits_with_2(params string[] more)
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync(["list", TestStore.Url, .. more]);

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
        Assert.StartsWith("error: ", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Json_is_an_object_per_line()
    {
        await using var store = await CliStore.StartAsync();
        var study = Put(store, "1.2.3", new SyntheticSeriesOptions { InstanceCount = 2 });
        Put(store, "1.2.4");

        var studies = Objects(await store.RunAsync("list", TestStore.Url, "--json"));
        var series = Objects(await store.RunAsync("list", TestStore.Url, "--json", "--level", "series"));
        var instances = Objects(await store.RunAsync("list", TestStore.Url, "--json", "--level", "instance", "--after", "1.2.2"));

        Assert.Equal(["1.2.3", "1.2.4"], studies.Select(line => line.GetProperty("study").GetString()));
        Assert.Equal(study.Series[0].Tar.Length, studies[0].GetProperty("tarBytesByStorageClass").GetProperty("STANDARD").GetInt64());
        Assert.False(studies[0].TryGetProperty("instances", out _));
        Assert.Equal((study.Series[0].SeriesInstanceUid, "STANDARD"), (series[0].GetProperty("series").GetString(), series[0].GetProperty("tarStorageClass").GetString()));
        Assert.Equal(4, instances.Length);
        Assert.Equal(study.Series[0].Instances[0].SizeBytes, instances.Single(line => line.GetProperty("instance").GetString() == study.Series[0].Instances[0].SopInstanceUid).GetProperty("bytes").GetInt64());

        static JsonElement[] Objects(CliResult result) => [.. Lines(result).Select(static line => JsonDocument.Parse(line).RootElement)];
    }

    [Theory(Timeout = 30_000)]
    [InlineData("--csv")]
    [InlineData("--json")]
    public async Task A_listing_can_be_given_back_as_a_list_of_studies(string form)
    {
        await using var store = await CliStore.StartAsync();
        Put(store, "1.1");
        Put(store, "1.2", new SyntheticSeriesOptions { InstanceCount = 3, Modality = "MR" });
        var file = Path.Combine(store.Folder.Path, "studies.list");

        var list = await store.RunAsync("list", TestStore.Url, "--where", "Modality=MR", form);
        await File.WriteAllTextAsync(file, list.Out);
        var download = await store.RunAsync("download", TestStore.Url, "@" + file, "-o", store.Folder.Output);

        Assert.Equal((0, 0), (list.ExitCode, download.ExitCode));
        Assert.Contains("complete: 3 instances saved", download.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Csv_has_a_header_and_quotes_what_would_break_it()
    {
        await using var store = await CliStore.StartAsync();
        var study = Put(store, "1.2.3");
        store.Bucket.Put(study.Series[0].TarName(TestStore.Prefix), study.Series[0].Tar, new TestObjectOptions { StorageClass = "A,\"B\"\n\u001b" });

        var lines = Lines(await store.RunAsync("list", TestStore.Url, "--csv", "--level", "series"));
        var instances = Lines(await store.RunAsync("list", TestStore.Url, "--csv", "--level", "instance"));
        var studies = Lines(await store.RunAsync("list", TestStore.Url, "--csv"));

        Assert.Equal("study,series,instances,instanceBytes,tarBytes,storageClass,updated,problem", lines[0]);
        Assert.Equal($"1.2.3,{study.Series[0].SeriesInstanceUid},,,{study.Series[0].Tar.Length},\"A,\"\"B\"\"??\"", lines[1][..lines[1].LastIndexOf(',', lines[1].LastIndexOf(',') - 1)]);
        Assert.Equal(("study,series,instance,bytes,crc32c,uri", 3), (instances[0], instances.Length));
        Assert.Equal("study,series,instances,instanceBytes,tarBytes,storageClasses,updated,seriesWithProblems", studies[0]);
        Assert.Equal(2, studies.Length);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("holds no studies")]
    [InlineData("holds no study with an instance that is selected", "--where", "Modality=XA")]
    [InlineData("holds no study behind 1.9", "--after", "1.9")]
    public async Task Nothing_found_says_so_and_exits_with_4(string expected, params string[] more)
    {
        await using var store = await CliStore.StartAsync();
        if (more.Length > 0)
        {
            Put(store, "1.2");
        }

        var result = await store.RunAsync(["list", TestStore.Url, .. more]);

        Assert.Equal((4, ""), (result.ExitCode, result.Out));
        Assert.Contains(expected, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_missing_bucket_and_a_refusal_are_told_apart()
    {
        await using var store = await CliStore.StartAsync();

        Assert.Equal(4, (await store.RunAsync("list", "gs://no-such-bucket/p")).ExitCode);
        store.Server.Faults.Add(new FaultRule(Fault.Status(403)));
        Assert.Equal(3, (await store.RunAsync("list", TestStore.Url)).ExitCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Hostile_names_are_named_without_steering_the_terminal()
    {
        await using var store = await CliStore.StartAsync();
        Put(store, "1.2");
        store.Bucket.Put($"{TestStore.Prefix}/studies/evil\u001b[2J\u202e/series/1.tar", new byte[1]);

        var result = await store.RunAsync("list", TestStore.Url);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"error: {TestStore.Url}/studies/evil?[2J?: a study has a name", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(result.Error + result.Out, static letter => char.IsControl(letter) && letter is not ('\n' or '\r'));
    }

    [Fact(Timeout = 30_000)]
    public async Task Quiet_writes_nothing_but_errors()
    {
        await using var store = await CliStore.StartAsync();
        Put(store, "1.2");

        Assert.Equal(new CliResult(0, "", ""), await store.RunAsync("list", TestStore.Url, "--quiet"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_listing_that_is_cancelled_says_where_to_go_on()
    {
        await using var store = await CliStore.StartAsync(new() { MaxResultsPerPage = 2 });
        Put(store, "1.1");
        Put(store, "1.2");
        Put(store, "1.3");
        using var cancelling = new CancellationTokenSource();
        using var output = new CancellingWriter("1.2", cancelling);
        using var error = new StringWriter();

        var code = await App.RunAsync(["list", TestStore.Url, "--endpoint", store.Server.Endpoint.AbsoluteUri], new Terminal(output, error, store.Environment), cancelling.Token);
        var rest = await store.RunAsync("list", TestStore.Url, "--after", "1.2");

        Assert.Equal((130, "error: Cancelled. --after 1.2 goes on behind the last study that was listed."), (code, error.ToString().TrimEnd()));
        Assert.Equal("1.3", Cells(Assert.Single(Lines(rest)[1..]))[0]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_store_that_fails_in_between_says_where_to_go_on()
    {
        await using var store = await CliStore.StartAsync(new() { MaxResultsPerPage = 1 });
        Put(store, "1.1");
        Put(store, "1.2");
        store.Server.Faults.Add(new FaultRule(Fault.Status(403)) { Skip = 4 });

        var result = await store.RunAsync("list", TestStore.Url);

        Assert.Equal(3, result.ExitCode);
        Assert.Equal(2, Lines(result).Length);
        Assert.EndsWith("--after 1.1 goes on behind the last study that was listed.", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_nobody_reads_any_more_the_listing_ends(bool fails)
    {
        await using var store = await CliStore.StartAsync(new() { MaxResultsPerPage = 2 });
        for (var i = 100; i < 150; i++)
        {
            Put(store, $"1.{i}", new SyntheticSeriesOptions { InstanceCount = 1, InstanceSizeBytes = 2_000, MetadataBytesPerInstance = 0 });
        }

        using var written = new StringWriter();
        using var output = new GuardedWriter(written, isClosed: fails);
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, store.Environment) { IsOutputGone = () => !fails && written.ToString().Contains("1.110", StringComparison.Ordinal) };

        var code = await App.RunAsync(["list", TestStore.Url, "--endpoint", store.Server.Endpoint.AbsoluteUri], terminal, CancellationToken.None);

        Assert.Equal((0, ""), (code, error.ToString()));
        Assert.InRange(store.Server.Requests.Count, 1, 25);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_process_whose_reader_has_left_ends_quietly()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using var store = await CliStore.StartAsync(new() { MaxResultsPerPage = 2 });
        for (var i = 100; i < 200; i++)
        {
            store.Bucket.Put($"{TestStore.Prefix}/studies/1.{i}/series/5.tar", new byte[1]);
            store.Bucket.Put($"{TestStore.Prefix}/studies/1.{i}/series/5/metadata.json", new byte[1]);
        }

        using var process = CliProcess.Start(["/bin/sh", "-c", "\"$@\" | head -n 2; echo done", "sh"], ["list", TestStore.Url, "--endpoint", store.Server.Endpoint.AbsoluteUri]);
        var result = await process.EndAsync();

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(3, Lines(result).Length);
        Assert.InRange(store.Server.Requests.Count, 1, 60);
    }

    /// <summary>Cancels when a text is written.</summary>
    private sealed class CancellingWriter(string text, CancellationTokenSource cancelling) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
            {
                cancelling.Cancel();
            }
        }
    }
}
