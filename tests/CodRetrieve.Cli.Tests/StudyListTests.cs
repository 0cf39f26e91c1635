using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests;

public sealed class StudyListTests
{
    [Fact(Timeout = 30_000)]
    public async Task Studies_come_from_files_and_arguments_together()
    {
        await using var store = await CliStore.StartAsync();
        var studies = new[] { store.PutStudy(1), store.PutStudy(2), store.PutStudy(3) };
        var list = store.Folder.Write("studies.txt", "# a comment", "", $"  {studies[0].StudyInstanceUid}  ", studies[1].StudyInstanceUid, studies[0].StudyInstanceUid);

        var result = await store.RunAsync("download", TestStore.Url, "@" + list, studies[2].StudyInstanceUid, "-o", store.Folder.Output);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("Retrieving 3 studies ", result.Out, StringComparison.Ordinal);
        Assert.Equal(studies.Expected(), SavedFiles.In(store.Folder.Output, zip: false));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_is_a_list_of_studies_and_never_of_options()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var list = store.Folder.Write("studies.txt", study.StudyInstanceUid, "--json");

        var result = await store.RunAsync("stats", TestStore.Url, "@" + list);

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
        Assert.Empty(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_that_is_not_there_is_bad_input()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("stats", TestStore.Url, "@" + Path.Combine(store.Folder.Path, "none.txt"));

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
        Assert.Contains("none.txt", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_without_studies_is_bad_input()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("stats", TestStore.Url, "@" + store.Folder.Write("empty.txt", "# nothing", ""));

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("error: No Study Instance UID was given.", Assert.Single(result.ErrorLines));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_cohort_is_downloaded_and_verified_without_further_arguments()
    {
        await using var store = await CliStore.StartAsync();
        var studies = new[] { store.PutStudy(1), store.PutStudy(2), store.PutStudy(3) };
        var cohort = store.Folder.Write("cohort.csv", ["PatientID;Study UID", .. studies[..2].Select(study => $"P;{study.StudyInstanceUid}"), $"Q;{studies[0].StudyInstanceUid}"]);

        var download = await store.RunAsync("download", TestStore.Url, "--from", cohort, "-o", store.Folder.Output);
        var verify = await store.RunAsync("verify", TestStore.Url, "--from", cohort, "-o", store.Folder.Output, "--json");

        Assert.Equal((0, "", 0, ""), (download.ExitCode, download.Error, verify.ExitCode, verify.Error));
        Assert.Equal(studies[..2].Expected(), SavedFiles.In(store.Folder.Output, zip: false));
        Assert.Equal("intact", verify.Json.GetProperty("outcome").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_cohort_may_come_on_standard_input_beside_arguments_and_other_lists()
    {
        await using var store = await CliStore.StartAsync();
        var studies = new[] { store.PutStudy(1), store.PutStudy(2), store.PutStudy(3) };
        store.Input = $"{{\"StudyInstanceUID\": \"{studies[2].StudyInstanceUid}\"}}\n{{\"StudyInstanceUID\": \"{studies[0].StudyInstanceUid}\"}}\n";

        var result = await store.RunAsync("stats", TestStore.Url, studies[0].StudyInstanceUid, "@" + store.Folder.Write("list", studies[1].StudyInstanceUid), "--from", "-", "--json");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(6, result.Json.GetProperty("series").GetArrayLength());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_cohort_may_be_a_parquet_file()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var cohort = store.Folder.Write("cohort.parquet", await ParquetFile.OfTextAsync(10, ("PatientID", ["P"]), ("StudyInstanceUID", [study.StudyInstanceUid])));

        Assert.Equal(0, (await store.RunAsync("stats", TestStore.Url, "--from", cohort)).ExitCode);
        Assert.Equal(0, (await store.RunAsync("stats", TestStore.Url, "@" + cohort)).ExitCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_instance_without_its_study_and_series_is_refused_before_any_request()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("download", TestStore.Url, "--from", store.Folder.Write("cohort.csv", "SOPInstanceUID", "1.2.3"), "-o", store.Folder.Output);

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
        Assert.Contains("Line 2 of the cohort names the instance 1.2.3 and neither its study nor its series", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task As_a_list_of_studies_a_table_with_series_is_taken_as_before()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var result = await store.RunAsync("stats", TestStore.Url, "@" + store.Folder.Write("list.csv", "Study UID,Series UID", $"{study.StudyInstanceUid},{study.Series[0].SeriesInstanceUid}"), "--json");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(2, result.Json.GetProperty("series").GetArrayLength());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("@-", "--from", "-")]
    [InlineData("@-", "@-")]
    public async Task Standard_input_is_read_once(params string[] lists)
    {
        await using var store = await CliStore.StartAsync();
        store.Input = "1.2.3\n";

        var result = await store.RunAsync(["stats", TestStore.Url, .. lists]);

        Assert.Equal((2, "error: Standard input was given more than once, and can be read once."), (result.ExitCode, Assert.Single(result.ErrorLines)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Neither_a_study_nor_a_cohort_is_bad_usage()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("download", TestStore.Url, "-o", store.Folder.Output);

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
        Assert.Equal("error: No study was given: give Study Instance UIDs, @FILE with a list of them, --from FILE with a cohort, or --all.", result.ErrorLines[0]);
        Assert.False(Directory.Exists(store.Folder.Output));
    }
}
