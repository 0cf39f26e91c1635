using System.IO.Compression;
using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Saving;

/// <summary>A zip that a run did not finish, and what the next one makes of it.</summary>
public sealed class ResumedZipTests : IDisposable
{
    private const string DeadRun = "0badc0de";

    private static readonly StudyInfo Study = new("1.2", true);

    private readonly SavingFolder _folder = new();
    private readonly SeriesInfo _series = TestSeries.Of("1.2", "1.2.3", 4);

    private string ZipPath => _folder["1.2.zip"];

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task What_was_saved_survives_a_killed_process()
    {
        await LeaveUnfinishedAsync(_series.Instances.Take(3));
        _folder.WriteDeadRun("0badc0de", "1.2");
        _folder.Write(".1.2.zip.partial", new byte[9]);
        _folder.Write($".1.2.entry.{DeadRun}.01234567.partial", new byte[9]);
        Assert.Equal("1.2.3.1 1.2.3.2 1.2.3.3", await Zip().FoundAsync(_series));

        await using var handler = await Zip().OpenedAsync("1.2");
        Assert.Single(Partials());
        Assert.Equal("1.2.3.1 1.2.3.2 1.2.3.3", await handler.FoundAsync(_series));
        await handler.SaveAllAsync(_series.Instances.Skip(3));
        await handler.CompleteStudyAsync(Study, default);

        AssertWhole(_series.Instances);
        Assert.Empty(Partials());
    }

    [Fact(Timeout = 30_000)]
    public async Task An_unfinished_zip_alone_is_finished_without_fetching_anything()
    {
        await LeaveUnfinishedAsync(_series.Instances);
        await using var handler = await Zip().OpenedAsync("1.2");

        await handler.CompleteStudyAsync(Study, default);

        AssertWhole(_series.Instances);
        Assert.Empty(Partials());
    }

    [Fact(Timeout = 30_000)]
    public async Task An_instance_that_was_edited_since_is_not_taken_from_an_unfinished_zip()
    {
        await LeaveUnfinishedAsync(_series.Instances);
        var edited = Edited(_series, 1);
        await using (var handler = await Zip().OpenedAsync("1.2"))
        {
            Assert.Equal("1.2.3.1 1.2.3.3 1.2.3.4", await handler.FoundAsync(edited));
            await handler.CompleteStudyAsync(Study, default);
        }

        AssertWhole(_series.Instances.Where((_, i) => i != 1));
        AssertNowhere(TestSeries.Bytes(_series.Instances[1]));
    }

    [Fact(Timeout = 60_000)]
    public async Task Cut_off_anywhere_it_gives_only_whole_instances()
    {
        await LeaveUnfinishedAsync(TestSeries.Of("1.2", "1.2.3", 4, 60).Instances);
        var whole = await File.ReadAllBytesAsync(Assert.Single(Partials()));
        var found = new HashSet<int>();
        for (var length = 0; length <= whole.Length; length++)
        {
            found.Add(await ResumeAsync(whole[..length]));
        }

        Assert.Equal([0, 1, 2, 3, 4], found.Order());
    }

    [Fact(Timeout = 120_000)]
    public async Task With_any_byte_turned_over_it_gives_only_whole_instances()
    {
        await LeaveUnfinishedAsync(TestSeries.Of("1.2", "1.2.3", 2, 40).Instances);
        var whole = await File.ReadAllBytesAsync(Assert.Single(Partials()));
        var found = new HashSet<int>();
        for (var at = 0; at < whole.Length; at++)
        {
            var bytes = whole.ToArray();
            bytes[at] ^= 0xFF;
            found.Add(await ResumeAsync(bytes));
        }

        Assert.Subset(new HashSet<int> { 0, 1, 2 }, found);
        Assert.Contains(1, found);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_at_the_end_keeps_what_is_saved()
    {
        using var cancelled = new CancellationTokenSource();
        await using var handler = await Zip().OpenedAsync("1.2");
        await handler.SaveAllAsync(_series.Instances);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await handler.CompleteStudyAsync(Study, cancelled.Token));

        Assert.False(File.Exists(ZipPath));
        Assert.Equal("1.2.3.1 1.2.3.2 1.2.3.3 1.2.3.4", await handler.FoundAsync(_series));
        await handler.CompleteStudyAsync(Study, default);
        AssertWhole(_series.Instances);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("1.2.zip")]
    [InlineData(".1.2.zip.0badc0de.01234567.partial")]
    public async Task A_link_is_not_followed_and_what_it_leads_to_is_not_changed(string place)
    {
        var outside = _folder.Write("elsewhere/1.2.3/keep", [1]);
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[place])!);
        Directory.CreateSymbolicLink(_folder[place], _folder["elsewhere"]);
        await using var handler = await Zip().OpenedAsync("1.2");

        await Record.ExceptionAsync(() => handler.FoundAsync(_series));
        await Record.ExceptionAsync(() => handler.SaveAllAsync(_series.Instances));
        await Record.ExceptionAsync(async () => await handler.CompleteStudyAsync(Study, default));

        Assert.True(File.Exists(outside));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder["elsewhere"]));
        Assert.Equal(place == "1.2.zip", new FileInfo(ZipPath).LinkTarget is not null);
    }

    [Fact(Timeout = 30_000)]
    public async Task Content_that_holds_a_header_does_not_pass_for_an_entry()
    {
        // The last region fails, and a shorter one is written over it.
        await LeaveUnfinishedAsync(TestSeries.Of("1.2", "6.6.6", 1, 100).Instances);
        var planted = await File.ReadAllBytesAsync(Assert.Single(Partials()));
        File.Delete(Partials()[0]);
        var instances = TestSeries.WithSizes("1.2", "1.2.3", 2_000_000, 50).Instances;
        var content = Enumerable.Range(0, 2_000_000 / planted.Length).SelectMany(_ => planted).ToArray();
        await using (var killed = await Zip().OpenedAsync("1.2"))
        {
            await Assert.ThrowsAsync<IOException>(async () => await killed.SaveAsync(instances[0], new ThrowingStream(content, () => new IOException("broken")), default));
            await killed.SaveAllAsync(instances[1]);
        }

        await using var handler = await Zip().OpenedAsync("1.2");
        await handler.CompleteStudyAsync(Study, default);

        Assert.Equal(["1.2.3/instances/1.2.3.2.dcm"], SavingTools.Names(ZipPath));
    }

    private static SeriesInfo Edited(SeriesInfo series, int position)
    {
        var instances = new List<InstanceInfo>();
        var edited = new SeriesInfo { StudyInstanceUid = series.StudyInstanceUid, SeriesInstanceUid = series.SeriesInstanceUid, TarUri = series.TarUri, Instances = instances };
        instances.AddRange(series.Instances.Select((instance, i) => new InstanceInfo
        {
            Series = edited,
            SopInstanceUid = instance.SopInstanceUid,
            SizeBytes = instance.SizeBytes,
            Crc32c = i == position ? 1 : null,
        }));
        return edited;
    }

    private ZipSaveHandler Zip() => new(_folder.Path, new SavingOptions());

    private string[] Partials() => Directory.GetFiles(_folder.Path, ".*.partial");

    private async Task LeaveUnfinishedAsync(IEnumerable<InstanceInfo> instances)
    {
        await using var killed = await Zip().OpenedAsync("1.2");
        await killed.SaveAllAsync(instances);
    }

    /// <summary>Puts an unfinished zip in place, and finishes it.</summary>
    /// <returns>How many instances it gave, whose bytes are all right.</returns>
    private static async Task<int> ResumeAsync(byte[] unfinished)
    {
        using var folder = new SavingFolder();
        folder.Write($".1.2.zip.{DeadRun}.01234567.partial", unfinished);
        var late = TestSeries.Of("1.2", "1.2.4", 1, 40).Instances;
        await using (var handler = await new ZipSaveHandler(folder.Path, new SavingOptions()).OpenedAsync("1.2"))
        {
            await handler.SaveAllAsync(late);
            await handler.CompleteStudyAsync(Study, default);
        }

        using var zip = ZipFile.OpenRead(folder["1.2.zip"]);
        var sizes = zip.Entries.ToDictionary(entry => entry.FullName, entry => entry.Length);
        foreach (var (name, size) in sizes)
        {
            var sop = Path.GetFileNameWithoutExtension(name);
            var instance = TestSeries.WithSizes("1.2", "1.2.3", size).Instances[0];
            var named = new InstanceInfo { Series = instance.Series, SopInstanceUid = sop, SizeBytes = size };
            if (name.EndsWith($"/instances/{sop}.dcm", StringComparison.Ordinal) && sop.StartsWith("1.2.", StringComparison.Ordinal) && sop.Length == 7)
            {
                Assert.Equal(TestSeries.Bytes(named), SavingTools.Read(folder["1.2.zip"], name));
            }
        }

        Assert.Equal(TestSeries.Bytes(late[0]), SavingTools.Read(folder["1.2.zip"], SavingTools.EntryName(late[0])));
        return sizes.Count - 1;
    }

    private void AssertWhole(IEnumerable<InstanceInfo> instances)
    {
        Assert.Equal(instances.Select(SavingTools.EntryName).Order(StringComparer.Ordinal), SavingTools.Names(ZipPath));
        Assert.All(instances, i => Assert.Equal(TestSeries.Bytes(i), SavingTools.Read(ZipPath, SavingTools.EntryName(i))));
    }

    private void AssertNowhere(byte[] bytes) => Assert.All(
        Directory.GetFiles(_folder.Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }),
        path => Assert.True(File.ReadAllBytes(path).AsSpan().IndexOf(bytes) < 0, path));
}
