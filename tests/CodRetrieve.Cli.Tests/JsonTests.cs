using System.Text.Json;
using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests;

public sealed class JsonTests
{
    [Fact(Timeout = 30_000)]
    public async Task Standard_output_is_one_object_with_the_promised_fields()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var result = await store.DownloadAsync(study, "--json");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var json = result.Json;
        Assert.Equal("complete", json.GetProperty("outcome").GetString());
        Assert.Equal(5, json.GetProperty("instancesSaved").GetInt32());
        Assert.Equal(0, json.GetProperty("instancesSkipped").GetInt32());
        Assert.Equal(0, json.GetProperty("instancesFailed").GetInt32());
        Assert.Equal(0, json.GetProperty("instancesUnverified").GetInt32());
        Assert.Equal(5 * 33_872, json.GetProperty("bytesSaved").GetInt64());
        Assert.Equal(
            store.Server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal)), json.GetProperty("bytesDownloaded").GetInt64());
        Assert.True(json.GetProperty("elapsedSeconds").GetDouble() > 0);
        Assert.Empty(json.GetProperty("missingStudies").EnumerateArray());
        Assert.Empty(json.GetProperty("errors").EnumerateArray());
        Assert.Empty(json.GetProperty("warnings").EnumerateArray());
        Assert.False(json.TryGetProperty("error", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task Every_series_is_listed_with_its_outcome()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await store.DownloadAsync(study);
        Directory.Delete(Path.Combine(store.Folder.Output, study.StudyInstanceUid, study.Series[0].SeriesInstanceUid), recursive: true);

        var result = await store.DownloadAsync(study, "--json");

        var outcomes = result.Json.GetProperty("series").EnumerateArray().ToDictionary(
            series => series.GetProperty("series").GetString()!, series => series.GetProperty("outcome").GetString(), StringComparer.Ordinal);
        Assert.Equal("saved", outcomes[study.Series[0].SeriesInstanceUid]);
        Assert.Equal("alreadySaved", outcomes[study.Series[1].SeriesInstanceUid]);
        Assert.All(result.Json.GetProperty("series").EnumerateArray(), series =>
        {
            Assert.Equal(study.StudyInstanceUid, series.GetProperty("study").GetString());
            Assert.Equal(JsonValueKind.Array, series.GetProperty("errors").ValueKind);
        });
        Assert.Equal(2, result.Json.GetProperty("instancesSkipped").GetInt32());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_terminal_changes_nothing()
    {
        await using var store = await CliStore.StartAsync();
        store.IsInteractive = true;

        var result = await store.DownloadAsync(store.PutStudy(), "--json");

        Assert.Equal(5, result.Json.GetProperty("instancesSaved").GetInt32());
    }

    [Fact(Timeout = 30_000)]
    public async Task Bad_input_writes_no_json()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("download", "ftp://bucket", "1.2.3", "-o", store.Folder.Output, "--json");

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
    }
}
