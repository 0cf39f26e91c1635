using System.Text;
using System.Text.Json;
using CodRetrieve.IO;
using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Tests.Saving;

public sealed class LogJsonExportTests : IDisposable
{
    private readonly SavingFolder _folder = new();
    private readonly ListLogger _logger = new();

    public LogJsonExportTests() => StatePaths.Create(_folder.Path);

    private string LogPath => _folder["log.json"];

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task A_new_directory_gets_a_log()
    {
        await AddAsync();

        Assert.Equal("""{"logs":[]}""", Text());
    }

    [Fact(Timeout = 30_000)]
    public async Task An_entry_is_written_once_however_often_it_is_added()
    {
        Write("""{"logs":["1/2/1"]}""");

        await AddAsync("1/2/1", "1/2/2", "1/2/2");

        Assert.Equal(["1/2/1", "1/2/2"], Entries());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_log_that_lacks_nothing_is_not_written_again()
    {
        Write("""{"logs":["1/2/1"]}""");
        var before = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(LogPath, before);

        await AddAsync("1/2/1");

        Assert.Equal(before, File.GetLastWriteTimeUtc(LogPath));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("{\"logs\":[]}")]
    [InlineData("{\"logs\":[\"a/b/c\"]}")]
    [InlineData("{\n  \"logs\": [\n    \"a/b/c\",\n    \"a/b/d\"\n  ]\n}\n")]
    [InlineData("{\r\n\t\"logs\" : [ ]\r\n}\r\n")]
    [InlineData("{\"version\":1,\"tool\":{\"logs\":[\"x/y/z\"]},\"logs\":[\"a/b/c\"]}")]
    [InlineData("{\"logs\":[\"a/b/c\",7,{\"logs\":[]},[null]]}")]
    public async Task A_log_of_the_other_tool_is_continued(string before)
    {
        Write(before);

        await AddAsync("1/2/1", "1/2/2");
        await AddAsync("1/2/3");

        var bracket = before.LastIndexOf(']');
        Assert.StartsWith(before[..bracket].TrimEnd(), Text(), StringComparison.Ordinal);
        Assert.EndsWith(before[bracket..], Text(), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Text());
        Assert.Equal(
            ["1/2/1", "1/2/2", "1/2/3"],
            json.RootElement.GetProperty("logs").EnumerateArray().TakeLast(3).Select(e => e.GetString()!).ToArray());
        Assert.Empty(_logger.Entries);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("{\"logs\":[\"a/b/c\"],\"a\":\"b\",\"c\":1.5}", "{\"logs\":[\"a/b/c\",\"1/2/1\"],\"a\":\"b\",\"c\":1.5}")]
    [InlineData("{\"logs\":[\"a/b/c\"],\"logs\":[\"a/b/d\"]}", "{\"logs\":[\"a/b/c\"],\"logs\":[\"a/b/d\",\"1/2/1\"]}")]
    [InlineData("\uFEFF{\"logs\":[\"a\\/b/c\"]}", "{\"logs\":[\"a\\/b/c\",\"1/2/1\"]}")]
    public async Task What_else_stands_in_a_log_is_kept(string before, string after)
    {
        Write(before);

        await AddAsync("1/2/1", "a/b/c");

        Assert.Equal(after, Text());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"logs\":null}")]
    [InlineData("[\"a/b/c\"]")]
    [InlineData("{\"logs\":{\"a\":1}}")]
    [InlineData("{\"logs\":\"a/b/c\"}")]
    [InlineData("{\"logs\":[\"a/b/c\",]}")]
    [InlineData("{\"logs\":[\"a/b/c\"]}]}")]
    [InlineData("{\"logs\":[\"a/b/c\"]}\0\0\0\0")]
    public async Task What_is_no_log_is_set_aside(string damaged)
    {
        Write(damaged);

        await AddAsync("a/b/c", "1/2/1");

        Assert.Equal(["a/b/c", "1/2/1"], Entries());
        Assert.Equal(damaged, await File.ReadAllTextAsync(LogPath + ".damaged"));
        Assert.Contains(_logger.Entries, e => e.Level == LogLevel.Warning && e.Id.Id == 402);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_log_cut_off_at_any_byte_is_set_aside_or_continued()
    {
        const string whole = "{\"version\":1,\"logs\":[\"1/2/0\",\"1/2/1\"]}";
        for (var length = 0; length < whole.Length; length++)
        {
            Write(whole[..length]);

            await AddAsync("1/2/2");

            Assert.Equal(["1/2/2"], Entries());
            File.Delete(LogPath + ".damaged");
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task No_damaged_log_is_ever_overwritten()
    {
        foreach (var text in new[] { "one", "two", "three" })
        {
            Write(text);
            await AddAsync();
        }

        Assert.Equal("one", await File.ReadAllTextAsync(LogPath + ".damaged"));
        Assert.Equal("two", await File.ReadAllTextAsync(LogPath + ".damaged-2"));
        Assert.Equal("three", await File.ReadAllTextAsync(LogPath + ".damaged-3"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Large_logs_are_read_and_continued()
    {
        Write(JsonSerializer.Serialize(new { logs = Enumerable.Range(0, 50_000).Select(i => $"1.2/1.2.3/{i}") }));
        var size = new FileInfo(LogPath).Length;

        await AddAsync("1.2/1.2.3/3", "1.2/1.2.3/49999", "1.2/1.2.3/50000");

        Assert.Equal(size + ",\"1.2/1.2.3/50000\"".Length, new FileInfo(LogPath).Length);
        Assert.Equal(50_001, Entries().Length);
    }

    [Fact(Timeout = 60_000)]
    public async Task Several_jobs_add_theirs_at_the_same_time()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(job => Task.Run(() => AddAsync([.. Enumerable.Range(0, 50).Select(i => $"1/{job}/{i}")]))));

        Assert.Equal(400, Entries().Distinct(StringComparer.Ordinal).Count());
        Assert.Equal([".codretrieve", "log.json"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_log_that_another_program_holds_for_a_moment_is_written_when_it_lets_go()
    {
        var files = new FailingFiles { MoveFailures = 60 };

        await AddAsync(new SavingOptions { TimeProvider = new HurriedTime(), Files = files, LoggerFactory = _logger }, "1/2/1");

        Assert.Equal(["1/2/1"], Entries());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_log_that_is_a_folder_is_left_alone()
    {
        Directory.CreateDirectory(LogPath);

        await AddAsync(new SavingOptions { LoggerFactory = _logger, TimeProvider = new HurriedTime() }, "1/2/1");

        Assert.Contains(_logger.Entries, e => e.Level == LogLevel.Warning && e.Id.Id == 403);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_link_in_the_place_of_the_log_is_not_followed()
    {
        var outside = _folder.Write("outside.json", """{"logs":[]}"""u8.ToArray());
        File.CreateSymbolicLink(LogPath, outside);

        await AddAsync(new SavingOptions { LoggerFactory = _logger, TimeProvider = new HurriedTime() }, "1/2/1");

        Assert.Equal("""{"logs":[]}""", await File.ReadAllTextAsync(outside));
        Assert.Contains(_logger.Entries, e => e.Level == LogLevel.Warning && e.Id.Id == 403);
    }

    private string[] Entries()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(LogPath, Encoding.UTF8));
        return [.. json.RootElement.GetProperty("logs").EnumerateArray().Select(e => e.GetString()!)];
    }

    private string Text() => File.ReadAllText(LogPath);

    private void Write(string text) => File.WriteAllText(LogPath, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    private Task AddAsync(params string[] entries) => AddAsync(new SavingOptions { LoggerFactory = _logger }, entries);

    private Task AddAsync(SavingOptions options, params string[] entries) =>
        new LogJsonExport(_folder.Path, PartialName.NewId(), () => FileLock.TryTake(StatePaths.LogLock(_folder.Path), "0badc0de"), options.Validated()).AddAsync(entries).AsTask();
}
