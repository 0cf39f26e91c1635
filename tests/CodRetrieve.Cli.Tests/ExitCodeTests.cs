using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

/// <summary>The failures of a download: exit code, JSON and standard error together.</summary>
public sealed class ExitCodeTests
{
    private static bool IsTar(string name) => name.EndsWith(".tar", StringComparison.Ordinal);

    [Fact(Timeout = 30_000)]
    public async Task A_damaged_instance_exits_with_1_and_is_named()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 4, CorruptInstances = [2] });

        var result = await store.DownloadAsync(study, "--json");

        var sop = study.Series[0].Instances[2].SopInstanceUid;
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(sop, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        var series = Assert.Single(result.Json.GetProperty("series").EnumerateArray());
        Assert.Equal("incomplete", result.Json.GetProperty("outcome").GetString());
        Assert.Equal("incomplete", series.GetProperty("outcome").GetString());
        Assert.Equal(sop, Assert.Single(series.GetProperty("errors").EnumerateArray()).GetProperty("instance").GetString());
        Assert.Equal((3, 1), (result.Json.GetProperty("instancesSaved").GetInt32(), result.Json.GetProperty("instancesFailed").GetInt32()));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_missing_study_beside_others_exits_with_1_and_is_named()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var result = await store.RunAsync("download", TestStore.Url, study.StudyInstanceUid, "1.2.3.4", "-o", store.Folder.Output, "--json");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal($"error: The study 1.2.3.4 does not exist in {TestStore.Url}. Check the UID and the prefix, and that the login may see it.", Assert.Single(result.ErrorLines));
        Assert.Equal("1.2.3.4", Assert.Single(result.Json.GetProperty("missingStudies").EnumerateArray()).GetString());
        Assert.Equal(5, result.Json.GetProperty("instancesSaved").GetInt32());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_requester_pays_bucket_without_a_project_exits_with_3_and_one_error_that_names_the_option()
    {
        await using var store = await CliStore.StartAsync();
        var studies = new[] { store.PutStudy(1), store.PutStudy(2), store.PutStudy(3) };
        store.Bucket.RequesterPays = true;

        var result = await store.RunAsync(["download", TestStore.Url, .. studies.Select(study => study.StudyInstanceUid), "-o", store.Folder.Output]);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("the bucket is requester-pays. Give the project to bill (UserProject, --user-project)", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task One_forbidden_tar_exits_with_1_and_the_others_are_saved()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        store.Server.Faults.Add(Fault.Status(403), RequestKind.Media, name => name == study.Series[0].TarName(TestStore.Prefix));

        var result = await store.DownloadAsync(study, "--json");

        Assert.Equal((1, 2, 3), (result.ExitCode, result.Json.GetProperty("instancesSaved").GetInt32(), result.Json.GetProperty("instancesFailed").GetInt32()));
        Assert.All(result.ErrorLines, line => Assert.Contains("HTTP 403", line, StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_that_cannot_be_listed_is_counted_as_failed()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var dead = store.PutStudy(2);
        store.Server.Faults.Add(new FaultRule(Fault.Status(400)) { Kinds = RequestKind.List, When = request => request.Prefix?.Contains(dead.StudyInstanceUid, StringComparison.Ordinal) == true });

        var result = await store.RunAsync("download", TestStore.Url, study.StudyInstanceUid, dead.StudyInstanceUid, "-o", store.Folder.Output);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("incomplete: 5 instances saved", result.Out, StringComparison.Ordinal);
        Assert.Contains("0 failed, and 1 study as a whole; ", result.Out, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(401)]
    [InlineData(403)]
    public async Task No_permission_exits_with_3_and_one_error(int status)
    {
        await using var store = await CliStore.StartAsync();
        var studies = new[] { store.PutStudy(1), store.PutStudy(2), store.PutStudy(3) };
        store.Server.Faults.Add(Fault.Status(status));

        var result = await store.RunAsync(["download", TestStore.Url, .. studies.Select(study => study.StudyInstanceUid), "-o", store.Folder.Output, "--json"]);

        Assert.Equal(3, result.ExitCode);
        var line = Assert.Single(result.ErrorLines);
        Assert.Contains($"HTTP {status}", line, StringComparison.Ordinal);
        Assert.Contains(status == 401 ? "COD_RETRIEVE_TOKEN" : "--user-project", line, StringComparison.Ordinal);
        Assert.Contains($"HTTP {status}", result.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("failed", result.Json.GetProperty("outcome").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_is_not_sent_in_the_clear_and_exits_with_6()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunBareAsync(CancellationToken.None, "download", TestStore.Url, "1.2.3", "-o", store.Folder.Output, "--token", "secret-token", "--endpoint", "http://192.0.2.1:9");

        Assert.Equal(6, result.ExitCode);
        Assert.DoesNotContain("secret-token", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_that_expires_midway_keeps_what_is_saved_and_says_so()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        store.Server.Faults.Add(Fault.Unauthorized(), objectName: IsTar, skip: 1);

        var result = await store.DownloadAsync(study, "--json", "--connections", "1", "--token", "t");

        Assert.Equal(3, result.ExitCode);
        var saved = result.Json.GetProperty("instancesSaved").GetInt32();
        Assert.Equal(SavedFiles.In(store.Folder.Output, zip: false).Count, saved);
        Assert.NotEqual(0, saved);
    }

    [Fact(Timeout = 30_000)]
    public async Task No_study_at_all_exits_with_4()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("download", TestStore.Url, "1.2.3", "1.2.4", "-o", store.Folder.Output);

        Assert.Equal(4, result.ExitCode);
        Assert.Equal(2, result.ErrorLines.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bucket_that_does_not_exist_exits_with_4()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("download", "gs://no-such-bucket/dicomweb", "1.2.3", "-o", store.Folder.Output, "--json");

        Assert.Equal(4, result.ExitCode);
        Assert.Single(result.ErrorLines);
        Assert.Equal("failed", result.Json.GetProperty("outcome").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_destination_that_is_a_file_exits_with_5()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var file = store.Folder.Write("file", "in the way");

        var result = await store.RunAsync("download", TestStore.Url, study.StudyInstanceUid, "-o", file, "--json");

        Assert.Equal(5, result.ExitCode);
        Assert.Single(result.ErrorLines);
        Assert.NotNull(result.Json.GetProperty("error").GetString());
        Assert.Empty(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_where_a_study_belongs_exits_with_5()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        Directory.CreateDirectory(store.Folder.Output);
        await File.WriteAllTextAsync(Path.Combine(store.Folder.Output, study.StudyInstanceUid), "in the way");

        var result = await store.DownloadAsync(study, "--json");

        Assert.Equal(5, result.ExitCode);
        Assert.Equal("failed", result.Json.GetProperty("outcome").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_that_another_job_is_saving_is_named_and_exits_with_1()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        store.Server.Faults.Add(Fault.StallAfter(1000), objectName: IsTar);
        using var cancel = new CancellationTokenSource();
        var first = store.RunAsync(cancel.Token, "download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output);
        await store.Server.WaitForRequestAsync(request => request.BytesSent == 1000);

        var second = await store.DownloadAsync(study, "--json", "--lock-timeout", "0.2s");

        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"{study.StudyInstanceUid} was not retrieved: another process is saving it", Assert.Single(second.ErrorLines), StringComparison.Ordinal);
        Assert.Equal("incomplete", second.Json.GetProperty("outcome").GetString());
        Assert.Equal(study.StudyInstanceUid, Assert.Single(second.Json.GetProperty("busyStudies").EnumerateArray()).GetString());
        await cancel.CancelAsync();
        Assert.Equal(130, (await first).ExitCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_exits_with_130_and_says_how_to_go_on()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var second = study.Series[1].TarName(TestStore.Prefix);
        store.Server.Faults.Add(Fault.StallAfter(40_000), objectName: name => name == second);
        using var cancel = new CancellationTokenSource();
        var run = store.RunAsync(cancel.Token, "download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--json");
        await store.Server.WaitForRequestAsync(request => request.ObjectName == second && request.BytesSent == 40_000);
        await cancel.CancelAsync();

        var result = await run;

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("run the same command again", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Equal("cancelled", result.Json.GetProperty("outcome").GetString());
        Assert.Equal(SavedFiles.In(store.Folder.Output, zip: false).Count, result.Json.GetProperty("instancesSaved").GetInt32());
        store.Server.Faults.Clear();
        Assert.Equal(0, (await store.DownloadAsync(study)).ExitCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_stats_exits_with_130()
    {
        await using var store = await CliStore.StartAsync();
        store.Server.Faults.Add(Fault.StallAfter(0));
        using var cancel = new CancellationTokenSource();
        var run = store.RunAsync(cancel.Token, "stats", TestStore.Url, "1.2.3", "--json");
        await store.Server.WaitForRequestAsync(request => request.StatusCode == 200);
        await cancel.CancelAsync();

        var result = await run;

        Assert.Equal(130, result.ExitCode);
        Assert.NotNull(result.Json.GetProperty("error").GetString());
    }
}
