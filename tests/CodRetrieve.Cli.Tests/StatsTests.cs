using System.Text.Json;
using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

public sealed class StatsTests
{
    [Fact(Timeout = 30_000)]
    public async Task Prints_a_table_and_fetches_no_image()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var result = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(["STUDY", "SERIES", "MODALITY", "DESCRIPTION", "INSTANCES", "BYTES", "STATE"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(study.Series, series => Assert.Contains(
            lines,
            line => line.StartsWith($"{study.StudyInstanceUid}  {series.SeriesInstanceUid}  CT        Synthetic series  ", StringComparison.Ordinal) && line.Contains($" 0/{series.Instances.Count} ", StringComparison.Ordinal) && line.EndsWith("new", StringComparison.Ordinal)));
        Assert.Equal("2 series, 0 saved; 5 instances, 0 saved; 169.4 kB, 0 B saved", lines[^1]);
        Assert.DoesNotContain(store.Server.Requests, request => request.ObjectName?.EndsWith(".tar", StringComparison.Ordinal) == true);
    }

    [Fact(Timeout = 30_000)]
    public async Task In_a_terminal_each_study_has_a_table()
    {
        await using var store = await CliStore.StartAsync();
        store.IsInteractive = true;
        var studies = new[] { store.PutStudy(1), store.PutStudy(2, new SyntheticSeriesOptions { Modality = "MR", Description = "[red]T1[/]" }) };

        var result = await store.RunAsync(["stats", TestStore.Url, .. studies.Select(study => study.StudyInstanceUid)]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.All(studies, study => Assert.Contains($"study {study.StudyInstanceUid}", lines));
        Assert.Contains(lines, line => line.StartsWith('│') && line.Contains(" MR ", StringComparison.Ordinal) && line.Contains("[red]T1[/]", StringComparison.Ordinal));
        Assert.Equal("3 series, 0 saved; 15 instances, 0 saved; 508.1 kB, 0 B saved", lines[^1]);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_control_character_of_a_description_reaches_the_terminal(bool interactive)
    {
        await using var store = await CliStore.StartAsync();
        store.IsInteractive = interactive;
        var study = store.PutStudy(1, new SyntheticSeriesOptions { Description = "a\u001b[31m\u0007\tb\u009bc\u202ed\u2028e", InstanceCount = 1 });

        var table = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid);
        var json = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "--json");

        Assert.Contains("a?[31m??b?c?d?e", table.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(table.Out, letter => char.IsControl(letter) && letter is not ('\n' or '\r'));
        Assert.DoesNotContain(json.Out, letter => letter is not ('\n' or '\r' or (>= ' ' and <= '~')));
        Assert.Equal("a\u001b[31m\u0007\tb\u009bc\u202ed\u2028e", json.Json.GetProperty("series")[0].GetProperty("description").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_series_without_tags_has_empty_cells_and_no_such_properties()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { NullMetadata = true });

        var table = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid);
        var json = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "--json");

        Assert.Contains(" 0/10 ", table.Out, StringComparison.Ordinal);
        var series = Assert.Single(json.Json.GetProperty("series").EnumerateArray());
        Assert.False(series.TryGetProperty("modality", out _) || series.TryGetProperty("description", out _));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sees_what_is_saved_in_the_form_asked_for(bool zip)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await store.DownloadAsync(study, zip ? ["--zip"] : []);

        var folder = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--json");
        var zips = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--json", "--zip");

        Assert.Equal(zip ? 0 : 5, folder.Json.GetProperty("instancesSaved").GetInt32());
        Assert.Equal(zip ? 5 : 0, zips.Json.GetProperty("instancesSaved").GetInt32());
    }

    [Fact(Timeout = 30_000)]
    public async Task Json_names_totals_and_series()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await store.DownloadAsync(study);
        File.Delete(Directory.EnumerateFiles(store.Folder.Output, "*.dcm", SearchOption.AllDirectories).First());

        var result = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--json");

        var json = result.Json;
        Assert.Equal(2, json.GetProperty("seriesTotal").GetInt32());
        Assert.Equal(1, json.GetProperty("seriesSaved").GetInt32());
        Assert.Equal(5, json.GetProperty("instancesTotal").GetInt32());
        Assert.Equal(4, json.GetProperty("instancesSaved").GetInt32());
        Assert.All(json.GetProperty("series").EnumerateArray(), series => Assert.Equal(("CT", "Synthetic series"), (series.GetProperty("modality").GetString(), series.GetProperty("description").GetString())));
        Assert.Equal(["partial", "saved"], json.GetProperty("series").EnumerateArray().Select(series => series.GetProperty("state").GetString()!).Order(StringComparer.Ordinal).ToArray());
        Assert.Empty(json.GetProperty("missingStudies").EnumerateArray());
        Assert.False(json.TryGetProperty("error", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_folder_that_is_not_there_is_not_made()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("stats", TestStore.Url, store.PutStudy().StudyInstanceUid, "-o", store.Folder.Output);

        Assert.Equal(0, result.ExitCode);
        Assert.False(Directory.Exists(store.Folder.Output));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_series_that_cannot_be_retrieved_is_named()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { OmitTar = true }, new SyntheticSeriesOptions());

        var result = await store.RunAsync("stats", TestStore.Url, study.StudyInstanceUid, "--json");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(study.Series[0].SeriesInstanceUid, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        var series = result.Json.GetProperty("series").EnumerateArray().Single(one => one.GetProperty("series").GetString() == study.Series[0].SeriesInstanceUid);
        Assert.Equal("noTar", series.GetProperty("state").GetString());
        Assert.Single(series.GetProperty("errors").EnumerateArray());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_missing_study_beside_others_is_named()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("stats", TestStore.Url, store.PutStudy().StudyInstanceUid, "1.2.3.4", "--quiet");

        Assert.Equal((1, ""), (result.ExitCode, result.Out));
        Assert.Equal($"error: The study 1.2.3.4 does not exist in {TestStore.Url}. Check the UID and the prefix, and that the login may see it.", Assert.Single(result.ErrorLines));
    }

    [Fact(Timeout = 30_000)]
    public async Task No_study_at_all_exits_with_4()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("stats", TestStore.Url, "1.2.3.4", "--json");

        Assert.Equal(4, result.ExitCode);
        Assert.Equal("1.2.3.4", Assert.Single(result.Json.GetProperty("missingStudies").EnumerateArray()).GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task Json_stays_one_object_when_the_bucket_may_not_be_read()
    {
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { AcceptedTokens = [] });

        var result = await store.RunAsync("stats", TestStore.Url, "1.2.3.4", "--json");

        Assert.Equal(3, result.ExitCode);
        Assert.Equal(JsonValueKind.String, result.Json.GetProperty("error").ValueKind);
        Assert.Single(result.ErrorLines);
    }
}
