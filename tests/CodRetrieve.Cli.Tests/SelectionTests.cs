using System.Text;
using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

/// <summary>Choosing instances, layouts and columns of reports on the command line.</summary>
public sealed class SelectionTests
{
    private static readonly SyntheticSeriesOptions Slices = new()
    {
        InstanceCount = 6,
        InstanceSizeBytes = 4_000,
        MetadataBytesPerInstance = 0,
        // Another patient than that of all tests, whose name may be nowhere: here layouts and reports have it.
        Attributes = i => [SyntheticAttribute.OfNumber("00180050", "DS", i < 2 ? 1m : 5m), SyntheticAttribute.OfText("00100020", "LO", "P-1")],
    };

    private static readonly SyntheticSeriesOptions Other = new() { InstanceCount = 4, InstanceSizeBytes = 4_000, MetadataBytesPerInstance = 0, Modality = "MR" };

    [Fact(Timeout = 30_000)]
    public async Task Conditions_are_joined_and_what_is_left_out_is_said()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, Slices, Other);

        var dryRun = await store.DownloadAsync(study, "--where", "Modality=CT", "--where", "SliceThickness<2", "--dry-run");
        var download = await store.DownloadAsync(study, "--where", "Modality=CT", "--where", "SliceThickness<2");
        var json = await store.DownloadAsync(study, "--where", "Modality=CT and SliceThickness<2", "--json");
        var stats = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "--where", "SliceThickness<2");

        Assert.Contains("2 of 10 instances selected; 1 series left out", dryRun.Out, StringComparison.Ordinal);
        Assert.Contains("2 of 10 instances selected; 1 series left out", download.Out, StringComparison.Ordinal);
        Assert.Contains("2 of 10 instances selected; 1 series left out; 4 undecided", stats.Out, StringComparison.Ordinal);
        Assert.Equal((0, 2, 8), (download.ExitCode, json.Json.GetProperty("instancesSkipped").GetInt32(), json.Json.GetProperty("instancesNotSelected").GetInt32()));
        Assert.Equal(2, SavedFiles.InFolder(store.Folder.Output).Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("stats")]
    [InlineData("download")]
    [InlineData("verify")]
    public async Task A_selection_that_matches_nothing_says_so_and_exits_with_4(string command)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, Slices, Other);

        var result = await store.RunAsync(command, TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--where", "Modality=US");

        Assert.Equal(4, result.ExitCode);
        Assert.Contains("nothing is selected", result.Out, StringComparison.OrdinalIgnoreCase);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("Modalty=CT", "--where: The condition cannot be read at position 1: 'Modalty' is not a DICOM keyword. Did you mean Modality")]
    [InlineData("Modality=CT and", "at position 16")]
    public async Task A_condition_that_cannot_be_read_is_a_usage_error_before_any_request(string where, string message)
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("download", TestStore.Url, "1.2.3", "-o", store.Folder.Output, "--where", where);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Empty(store.Server.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("--sample", "0")]
    [InlineData("--sample", "last")]
    [InlineData("--whole", "patient")]
    [InlineData("--unknown", "maybe")]
    [InlineData("--layout", "{Modalty}/{SOPInstanceUID}.dcm")]
    [InlineData("--layout", "../{SOPInstanceUID}.dcm")]
    [InlineData("--layout", "{PatientID:hash}.dcm")]
    [InlineData("--columns", "Modality")]
    public async Task Values_that_are_none_are_usage_errors(string option, string value)
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("download", TestStore.Url, "1.2.3", "-o", store.Folder.Output, "--report", store.Folder.Path + "/r.json", option, value);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(option == "--layout" && value.Contains("hash", StringComparison.Ordinal) ? "Salt" : option, result.Error, StringComparison.Ordinal);
        Assert.Empty(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task Series_instances_samples_and_widening_are_options()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, Slices, Other);

        var series = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "--series", study.Series[1].SeriesInstanceUid, "--json");
        var instance = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "--instance", study.Series[1].Instances[0].SopInstanceUid, "--instance", study.Series[0].Instances[1].SopInstanceUid, "--json");
        var sample = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "--sample", "3", "--json");
        var whole = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "--where", "SliceThickness<2", "--whole", "series", "--json");
        var unknown = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "--where", "SliceThickness<2", "--unknown", "include", "--json");

        Assert.Equal([4, 2, 4, 6, 6], new[] { series, instance, sample, whole, unknown }.Select(result => result.Json.GetProperty("instancesTotal").GetInt32()));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_cohort_of_studies_series_and_instances_is_fetched_as_it_says()
    {
        await using var store = await CliStore.StartAsync();
        var (first, second, third) = (store.PutStudy(1, Slices, Other), store.PutStudy(2, Slices, Other), store.PutStudy(3, Slices));
        var cohort = store.Folder.Write(
            "cohort.csv",
            "Study UID;series_instance_uid;SOP Instance UID;split",
            $"{first.StudyInstanceUid};;;train",
            $"{second.StudyInstanceUid};{second.Series[1].SeriesInstanceUid};;test",
            $"{third.StudyInstanceUid};{third.Series[0].SeriesInstanceUid};{third.Series[0].Instances[2].SopInstanceUid};val");

        var result = await store.RunAsync("download", TestStore.Url, "--from", cohort, "-o", store.Folder.Output, "--layout", "{split}/{Modality}/{SOPInstanceUID}.dcm");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(10, Directory.GetFiles(store.Folder.Output + "/train", "*.dcm", SearchOption.AllDirectories).Length);
        Assert.Equal(4, Directory.GetFiles(store.Folder.Output + "/test/MR").Length);
        Assert.Equal(third.Series[0].Instances[2].SopInstanceUid + ".dcm", Path.GetFileName(Assert.Single(Directory.GetFiles(store.Folder.Output + "/val/CT"))));
        Assert.Contains("15 of 26 instances selected", (await store.RunAsync("stats", TestStore.Url, "--from", cohort, "--layout", "{split}/{Modality}/{SOPInstanceUID}.dcm", "-o", store.Folder.Output)).Out, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("cohort.tcia", "downloadServerUrl=https://example\nListOfSeriesToDownload=")]
    [InlineData("cohort.csv", "SeriesInstanceUID")]
    public async Task A_manifest_of_series_alone_is_looked_up_in_the_listing(string name, string head)
    {
        await using var store = await CliStore.StartAsync();
        var (first, second, _) = (store.PutStudy(1, Slices, Other), store.PutStudy(2, Slices, Other), store.PutStudy(3, Slices));
        var cohort = store.Folder.Write(name, [.. head.Split('\n'), first.Series[1].SeriesInstanceUid, second.Series[0].SeriesInstanceUid, "1.2.3.999"]);

        var result = await store.RunAsync("download", TestStore.Url, "--from", cohort, "-o", store.Folder.Output);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The cohort names no studies: looking for 3 series in the listing of the store.", result.Error, StringComparison.Ordinal);
        Assert.Contains("error: The series 1.2.3.999 of the cohort does not exist in", result.Error, StringComparison.Ordinal);
        Assert.Equal(10, SavedFiles.InFolder(store.Folder.Output).Count);
        Assert.Equal(4, (await store.RunAsync("stats", TestStore.Url, "--from", store.Folder.Write("none.csv", "SeriesInstanceUID", "1.2.3.999"))).ExitCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task All_studies_of_the_store_are_selected_from()
    {
        await using var store = await CliStore.StartAsync();
        store.PutStudy(1, Slices, Other);
        store.PutStudy(2, Slices);

        var result = await store.RunAsync("download", TestStore.Url, "--all", "-o", store.Folder.Output, "--where", "SliceThickness<2", "--layout", "flat");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(4, Directory.GetFiles(store.Folder.Output, "*.dcm").Length);
        Assert.Equal(2, (await store.RunAsync("download", TestStore.Url, "--all", "--from", "x", "-o", store.Folder.Output)).ExitCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_report_has_the_columns_that_were_asked_for_and_identifiers_are_warned_of()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, Slices);
        var report = Path.Combine(store.Folder.Path, "report.csv");
        var cohort = store.Folder.Write("cohort.csv", "StudyInstanceUID,label", $"{study.StudyInstanceUid},\"a,b\"");

        var result = await store.RunAsync("download", TestStore.Url, "--from", cohort, "-o", store.Folder.Output, "--where", "SliceThickness<2", "--report", report, "--columns", "PatientID,SliceThickness,label");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("warning: PatientID may identify people", result.Error, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(report);
        Assert.Equal(3, lines.Length);
        Assert.EndsWith(",PatientID,SliceThickness,label", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..], line => Assert.EndsWith(",P-1,1,\"a,b\"", line, StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_layout_is_kept_moved_and_verified()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, Slices);

        Assert.Equal(0, (await store.DownloadAsync(study, "--layout", "flat")).ExitCode);
        var other = await store.DownloadAsync(study, "--layout", "idc");
        Assert.Equal(5, other.ExitCode);
        Assert.Contains("--relayout", other.Error, StringComparison.Ordinal);
        Assert.Equal(5, (await store.RunAsync("verify", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output)).ExitCode);

        var moved = await store.DownloadAsync(study, "--layout", "idc", "--relayout");
        Assert.Equal(0, moved.ExitCode);
        Assert.Contains("0 instances saved", moved.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await store.RunAsync("verify", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--layout", "idc")).ExitCode);
        Assert.Equal(6, Directory.GetFiles(Path.Combine(store.Folder.Output, "P-1"), "*.dcm", SearchOption.AllDirectories).Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_folder_for_media_has_names_for_them_and_who_asks_for_a_DICOMDIR_learns_what_writes_one()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, Slices);

        var refused = await store.DownloadAsync(study, "--layout", "media", "--dicomdir");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("dcmmkdir", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("--dicomdir", (await store.RunAsync("download", "--help")).Out, StringComparison.Ordinal);

        Assert.Equal(0, (await store.DownloadAsync(study, "--layout", "media")).ExitCode);
        var names = Directory.GetFiles(Path.Combine(store.Folder.Output, "DICOM"), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(store.Folder.Output, path));
        Assert.Equal(6, names.Count());
        Assert.All(names, name => Assert.Matches("^DICOM/[A-Z0-9]{8}/[A-Z0-9]{8}/[A-Z0-9]{8}$", name));
    }

    [Fact(Timeout = 30_000)]
    public async Task Pseudonyms_need_a_secret_from_a_file_or_the_environment()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, Slices);
        var salt = store.Folder.Write("salt", Encoding.UTF8.GetBytes("planted-secret\n"));

        var byFile = await store.DownloadAsync(study, "--layout", "{PatientID:hash}/{SOPInstanceUID}.dcm", "--layout-salt-file", salt);
        var pseudonym = Path.GetFileName(Directory.GetDirectories(store.Folder.Output).Single(folder => !folder.EndsWith(".codretrieve", StringComparison.Ordinal)));
        store.Environment["COD_RETRIEVE_LAYOUT_SALT"] = "planted-secret";
        var byEnvironment = await store.DownloadAsync(study, "--layout", "{PatientID:hash}/{SOPInstanceUID}.dcm");

        Assert.Equal((0, 0), (byFile.ExitCode, byEnvironment.ExitCode));
        Assert.Contains("0 instances saved", byEnvironment.Out, StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{16}$", pseudonym);
        Assert.DoesNotContain("planted-secret", byFile.Out + byFile.Error + string.Concat(Directory.GetFiles(store.Folder.Output, "*", SearchOption.AllDirectories).Where(file => file.Contains(".codretrieve", StringComparison.Ordinal)).Select(File.ReadAllText)), StringComparison.Ordinal);
    }
}
