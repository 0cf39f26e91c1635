using System.Text;
using System.Text.Json;
using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.Tests.Saving;

public sealed class LogJsonTests : IDisposable
{
    private readonly SavingFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ListLogger _logger = new();
    private readonly SeriesInfo _series = TestSeries.WithSizes("1.2", "1.2.3");

    private string LogPath => _folder["log.json"];

    private SavingOptions Options => new() { TimeProvider = _time, Logger = _logger };

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task A_new_directory_gets_an_empty_log()
    {
        await OpenAsync();

        Assert.Equal("""{"logs":[]}""", Text());
    }

    [Fact(Timeout = 30_000)]
    public async Task Entries_are_written_in_batches_of_64()
    {
        var log = await OpenAsync();

        await AppendAsync(log, Enumerable.Range(0, 63));
        Assert.Empty(Entries());
        await AppendAsync(log, [63]);
        Assert.Equal(64, Entries().Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task Entries_are_written_when_a_second_has_passed()
    {
        var log = await OpenAsync();
        await AppendAsync(log, [1]);
        Assert.Empty(Entries());

        _time.Advance(TimeSpan.FromSeconds(1));
        await AppendAsync(log, [2]);

        Assert.Equal(["1.2/1.2.3/1", "1.2/1.2.3/2"], Entries());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_log_that_decides_is_written_with_each_entry()
    {
        var log = await LogJson.OpenAsync(_folder.Path, Options with { TrustSavedLog = true }, default);

        await AppendAsync(log, [1]);

        Assert.Equal(["1.2/1.2.3/1"], Entries());
    }

    [Fact(Timeout = 30_000)]
    public async Task An_entry_is_written_once_however_often_it_is_saved()
    {
        Write("""{"logs":["1.2/1.2.3/1"]}""");
        var log = await OpenAsync();

        await AppendAsync(log, [1, 2, 2]);
        await log.FlushAsync(default);

        Assert.Equal(["1.2/1.2.3/1", "1.2/1.2.3/2"], Entries());
        Assert.True(log.Contains(_series, "2"));
        Assert.False(log.Contains(_series, "3"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("{\"logs\":[]}")]
    [InlineData("{\"logs\":[\"a/b/c\"]}")]
    [InlineData("{\n  \"logs\": [\n    \"a/b/c\",\n    \"a/b/d\"\n  ]\n}\n")]
    [InlineData("{\r\n\t\"logs\" : [ ]\r\n}\r\n")]
    [InlineData("{\"version\":1,\"tool\":{\"logs\":[\"x/y/z\"]},\"logs\":[\"a/b/c\"]}")]
    [InlineData("{\"logs\":[\"a/b/c\",7,{\"logs\":[]},[null]]}")]
    public async Task A_log_of_the_other_tool_is_continued_in_place(string before)
    {
        Write(before);
        var log = await OpenAsync();
        await AppendAsync(log, [1, 2]);
        await log.FlushAsync(default);
        await AppendAsync(log, [3]);
        await log.FlushAsync(default);

        var bracket = before.LastIndexOf(']');
        var head = before[..bracket].TrimEnd();
        Assert.StartsWith(head, Text(), StringComparison.Ordinal);
        Assert.EndsWith(before[bracket..], Text(), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Text());
        Assert.Equal(
            ["1.2/1.2.3/1", "1.2/1.2.3/2", "1.2/1.2.3/3"],
            json.RootElement.GetProperty("logs").EnumerateArray().TakeLast(3).Select(e => e.GetString()!).ToArray());
        Assert.False(log.Contains(TestSeries.WithSizes("x", "y"), "z"));
        Assert.Empty(_logger.Entries);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("{}", "{\"logs\":[\"1.2/1.2.3/1\"]}")]
    [InlineData("{\"logs\":null}", "{\"logs\":[\"1.2/1.2.3/1\"]}")]
    [InlineData("{\"a\": {\"b\":[1, 2]}}", "{\"a\": {\"b\":[1, 2]},\"logs\":[\"1.2/1.2.3/1\"]}")]
    [InlineData("{\"logs\":[\"a/b/c\"],\"a\":\"b\",\"c\":1.5}", "{\"a\":\"b\",\"c\":1.5,\"logs\":[\"a/b/c\",\"1.2/1.2.3/1\"]}")]
    [InlineData("{\"logs\":[\"a/b/c\"],\"logs\":[\"a/b/d\"]}", "{\"logs\":[\"a/b/c\",\"a/b/d\",\"1.2/1.2.3/1\"]}")]
    [InlineData("\uFEFF{\"logs\":[\"a/b/c\"]}", "{\"logs\":[\"a/b/c\",\"1.2/1.2.3/1\"]}")]
    public async Task A_log_that_cannot_be_appended_to_is_rewritten_once_with_its_other_keys(string before, string after)
    {
        Write(before);
        var log = await OpenAsync();
        await AppendAsync(log, [1]);
        await log.FlushAsync(default);

        Assert.Equal(after, Text());
        Assert.Empty(_logger.Entries);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("{\"version\":1,\"logs\":[\"1.2/1.2.3/0\",\"1.2/1.2.3/1\",\"1.2/1.2.3/2\"]}", 3)]
    [InlineData("{\n  \"logs\": [\n    \"1.2/1.2.3/0\",\n    \"1.2/1.2.3/1\"\n  ]\n}\n", 2)]
    public async Task A_log_cut_off_at_any_byte_keeps_every_whole_entry(string whole, int count)
    {
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole[..length];
            if (cut.AsSpan().TrimEnd().EndsWith("}", StringComparison.Ordinal))
            {
                continue;
            }

            using var folder = new SavingFolder();
            await File.WriteAllTextAsync(folder["log.json"], cut);
            var log = await LogJson.OpenAsync(folder.Path, Options, default);
            await log.AppendAsync(_series, ["new"], default);
            await log.FlushAsync(default);

            var expected = Enumerable.Range(0, count).Where(i => cut.Contains($"\"1.2/1.2.3/{i}\"", StringComparison.Ordinal))
                .Select(i => $"1.2/1.2.3/{i}").Append("1.2/1.2.3/new").ToArray();
            Assert.Equal(expected, Entries(folder["log.json"]));
            Assert.Equal(cut, await File.ReadAllTextAsync(folder["log.json.damaged"]));
        }

        Assert.Contains(_logger.Entries, e => e.Level == LogLevel.Warning && e.Id.Id == 402);
    }

    [Fact(Timeout = 30_000)]
    public async Task Entries_behind_a_hole_are_recovered_too()
    {
        Write("{\"logs\":[\"a/b/1\",\"a/b/2\0\0\0\0\0\",\"a/b/4\",\"a/b/5\"],\"note\":[\"x/y/z\"]}");

        var log = await OpenAsync();

        Assert.Equal(["a/b/1", "a/b/4", "a/b/5"], Entries());
        Assert.True(log.Contains(TestSeries.WithSizes("a", "b"), "4"));
        Assert.False(log.Contains(TestSeries.WithSizes("x", "y"), "z"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("no json", "")]
    [InlineData("null", "")]
    [InlineData("[\"a/b/c\"]", "")]
    [InlineData("{\"logs\":{\"a\":1}}", "")]
    [InlineData("{\"logs\":\"a/b/c\"}", "")]
    [InlineData("{\"logs\":[\"a/b/c\",]}", "a/b/c")]
    [InlineData("{\"logs\":[\"a/b/c\" \"a/b/d\"]}", "a/b/c a/b/d")]
    [InlineData("{\"logs\":[\"a/b/c\"]}]}", "a/b/c")]
    [InlineData("{\"logs\":[\"a/b/c\"]}\0\0\0\0", "a/b/c")]
    [InlineData("{'x':1, \"logs\": [\"a/b/c\",\"no entry\",\"../b/c\",\"a/b/d\"]", "a/b/c a/b/d")]
    public async Task What_is_no_log_is_kept_and_replaced(string damaged, string entries)
    {
        Write(damaged);

        await OpenAsync();

        Assert.Equal(entries, string.Join(' ', Entries()));
        Assert.Equal(damaged, await File.ReadAllTextAsync(LogPath + ".damaged"));
        Assert.Equal(["log.json", "log.json.damaged"], _folder.Files());
    }

    [Fact(Timeout = 30_000)]
    public async Task No_damaged_log_is_ever_overwritten()
    {
        foreach (var text in new[] { "one", "two", "three" })
        {
            Write(text);
            await OpenAsync();
        }

        Assert.Equal("one", await File.ReadAllTextAsync(LogPath + ".damaged"));
        Assert.Equal("two", await File.ReadAllTextAsync(LogPath + ".damaged-2"));
        Assert.Equal("three", await File.ReadAllTextAsync(LogPath + ".damaged-3"));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_file_is_valid_after_every_batch()
    {
        Write("{\n \"logs\": [\n ]\n}\n");
        var log = await OpenAsync();
        for (var i = 1; i <= 50; i++)
        {
            await AppendAsync(log, [i]);
            await log.FlushAsync(default);
            Assert.Equal(i, Entries().Length);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Entries_that_another_program_adds_meanwhile_are_kept_and_not_doubled()
    {
        var log = await OpenAsync();
        await AppendAsync(log, [1]);
        await log.FlushAsync(default);
        Write("""{"logs": ["1.2/1.2.3/1", "1.2/1.2.3/2", "9/9/9"], "by": "hand"}""");

        await AppendAsync(log, [2, 3]);
        await log.FlushAsync(default);

        Assert.Equal("""{"by": "hand","logs":["1.2/1.2.3/1", "1.2/1.2.3/2", "9/9/9","1.2/1.2.3/3"]}""", Text());
        Assert.True(log.Contains(TestSeries.WithSizes("9", "9"), "9"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_log_that_is_deleted_meanwhile_is_made_again()
    {
        var log = await OpenAsync();
        File.Delete(LogPath);

        await AppendAsync(log, [1]);
        await log.FlushAsync(default);

        Assert.Equal("""{"logs":["1.2/1.2.3/1"]}""", Text());
    }

    [Fact(Timeout = 30_000)]
    public async Task Large_logs_are_read_and_continued()
    {
        var entries = Enumerable.Range(0, 50_000).Select(i => $"1.2/1.2.3/{i}").ToArray();
        Write(JsonSerializer.Serialize(new { logs = entries }));
        var size = new FileInfo(LogPath).Length;
        var log = await OpenAsync();
        await AppendAsync(log, [3, 49_999, 50_000]);
        await log.FlushAsync(default);

        Assert.Equal(50_001, Entries().Length);
        Assert.Equal(size + ",\"1.2/1.2.3/50000\"".Length, new FileInfo(LogPath).Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task Many_threads_may_append()
    {
        var log = await OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(t => Task.Run(() => AppendAsync(log, Enumerable.Range(t * 50, 60)))));
        await log.FlushAsync(default);

        Assert.Equal(810, Entries().Length);
        Assert.Equal(810, new HashSet<string>(Entries(), StringComparer.Ordinal).Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_log_that_is_a_folder_stops_the_job()
    {
        Directory.CreateDirectory(LogPath);

        var thrown = await Assert.ThrowsAsync<DestinationException>(OpenAsync);

        Assert.Equal(DestinationFailure.NotWritable, thrown.Reason);
    }

    private static string[] Entries(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(path, Encoding.UTF8));
        return [.. json.RootElement.GetProperty("logs").EnumerateArray().Select(e => e.GetString()!)];
    }

    private string[] Entries() => Entries(LogPath);

    private string Text() => File.ReadAllText(LogPath);

    private void Write(string text) => File.WriteAllText(LogPath, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    private Task<LogJson> OpenAsync() => LogJson.OpenAsync(_folder.Path, Options, default).AsTask();

    private async Task AppendAsync(LogJson log, IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            await log.AppendAsync(_series, [$"{number}"], default);
        }
    }
}
