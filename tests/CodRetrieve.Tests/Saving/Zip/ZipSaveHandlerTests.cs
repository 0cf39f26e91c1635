using System.IO.Compression;
using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Tests.Saving;

public sealed class ZipSaveHandlerTests : IDisposable
{
    private static readonly StudyInfo Study = new("1.2", true);

    private readonly SavingFolder _folder = new();
    private readonly SeriesInfo _series = TestSeries.Of("1.2", "1.2.3", 4);
    private readonly ListLogger _logger = new();

    private string ZipPath => _folder["1.2.zip"];

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task The_zip_appears_when_the_study_is_complete_and_nothing_else_is_left()
    {
        await using (var handler = await Zip().OpenedAsync("1.2"))
        {
            var saved = await handler.SaveAsync(_series.Instances[0], TestSeries.Content(_series.Instances[0]), default);
            Assert.Equal($"{ZipPath}://1.2.3/instances/1.2.3.1.dcm", saved);
            Assert.False(File.Exists(ZipPath));

            await handler.CompleteStudyAsync(Study, default);
        }

        Assert.Equal([".codretrieve/studies/1.2", "1.2.zip", "log.json"], _folder.Files());
        Assert.Equal(["1.2.3/instances/1.2.3.1.dcm"], SavingTools.Names(ZipPath));
        Assert.Equal("""{"logs":["1.2/1.2.3/1.2.3.1"]}""", await File.ReadAllTextAsync(_folder["log.json"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task Entries_are_stored_unless_asked_otherwise()
    {
        var plain = new SeriesInfo { StudyInstanceUid = "1.2", SeriesInstanceUid = "1.2.3", TarUri = "gs://t" };
        var instance = new InstanceInfo { Series = plain, SopInstanceUid = "1", SizeBytes = 5000 };
        foreach (var (level, stored) in new[] { (CompressionLevel.NoCompression, true), (CompressionLevel.Optimal, false) })
        {
            using var folder = new SavingFolder();
            await using var handler = await new ZipSaveHandler(folder.Path, new SavingOptions { CompressionLevel = level }).OpenedAsync("1.2");
            await handler.SaveAsync(instance, new MemoryStream(new byte[5000]), default);
            await handler.CompleteStudyAsync(Study, default);

            using var zip = ZipFile.OpenRead(folder["1.2.zip"]);
            Assert.Equal(stored, zip.Entries[0].CompressedLength == 5000);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task The_same_content_gives_the_same_list_of_entries_in_whatever_order_it_came()
    {
        using var other = new SavingFolder();
        await WriteZipAsync(_folder.Path, _series.Instances);
        await WriteZipAsync(other.Path, _series.Instances.Reverse());

        Assert.Equal(SavingTools.Names(ZipPath), SavingTools.Names(other["1.2.zip"]));
        Assert.Equal(new FileInfo(ZipPath).Length, new FileInfo(other["1.2.zip"]).Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_with_failures_has_a_zip_of_what_is_whole()
    {
        await using var handler = await Zip().OpenedAsync("1.2");
        await handler.SaveAllAsync(_series.Instances.Take(2));
        await Assert.ThrowsAsync<IOException>(async () => await handler.SaveAsync(
            _series.Instances[2], new ThrowingStream(new byte[10], () => new IOException("broken")), default));

        await handler.CompleteStudyAsync(new StudyInfo("1.2", IsComplete: false), default);

        Assert.Equal("1.2.3.1 1.2.3.2", await handler.FoundAsync(_series));
        Assert.Equal(["1.2.3/instances/1.2.3.1.dcm", "1.2.3/instances/1.2.3.2.dcm", "INCOMPLETE.txt"], SavingTools.Names(ZipPath));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_of_which_nothing_was_saved_has_no_zip()
    {
        await using var handler = await Zip().OpenedAsync("1.2");

        await handler.CompleteStudyAsync(new StudyInfo("1.2", IsComplete: false), default);

        Assert.False(File.Exists(ZipPath));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_zip_to_which_nothing_is_added_is_not_written_again()
    {
        await WriteZipAsync(_folder.Path, _series.Instances);
        var before = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(ZipPath, before);

        await using var handler = await Zip().OpenedAsync("1.2");
        Assert.Equal(_series.Instances.Count, (await handler.FindSavedAsync(_series, default)).SopInstanceUids.Count);
        await handler.CompleteStudyAsync(Study, default);

        Assert.Equal(before, File.GetLastWriteTimeUtc(ZipPath));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_later_run_adds_what_was_missing_and_carries_the_rest_over()
    {
        using var reference = new SavingFolder();
        await WriteZipAsync(reference.Path, _series.Instances);
        await WriteZipAsync(_folder.Path, _series.Instances.Take(2));

        await using var handler = await Zip().OpenedAsync("1.2");
        Assert.Equal("1.2.3.1 1.2.3.2", await handler.FoundAsync(_series));
        await handler.SaveAllAsync(_series.Instances.Skip(2));
        Assert.Equal("1.2.3.1 1.2.3.2 1.2.3.3 1.2.3.4", await handler.FoundAsync(_series));
        await handler.CompleteStudyAsync(Study, default);

        Assert.Equal("1.2.3.1 1.2.3.2 1.2.3.3 1.2.3.4", await handler.FoundAsync(_series));
        Assert.Equal(SavingTools.Names(reference["1.2.zip"]), SavingTools.Names(ZipPath));
        Assert.Equal(new FileInfo(reference["1.2.zip"]).Length, new FileInfo(ZipPath).Length);
        Assert.All(_series.Instances, i => Assert.Equal(TestSeries.Bytes(i), SavingTools.Read(ZipPath, SavingTools.EntryName(i))));
    }

    [Fact(Timeout = 30_000)]
    public async Task Entries_that_the_index_no_longer_lists_are_carried_over_and_never_become_paths()
    {
        using (var zip = ZipFile.Open(ZipPath, ZipArchiveMode.Create))
        {
            await Fill(zip.CreateEntry("../../evil.dcm"), "evil"u8.ToArray());
            await Fill(zip.CreateEntry("notes.txt", CompressionLevel.Optimal), new byte[9000]);
            zip.CreateEntry("empty/");
        }

        await using var handler = await Zip().OpenedAsync("1.2");
        await handler.SaveAllAsync(_series.Instances.Take(1));
        await handler.CompleteStudyAsync(Study, default);

        Assert.Equal(["../../evil.dcm", "1.2.3/instances/1.2.3.1.dcm", "empty/", "notes.txt"], SavingTools.Names(ZipPath));
        Assert.Equal(new byte[9000], SavingTools.Read(ZipPath, "notes.txt"));
        Assert.False(File.Exists(Path.Combine(_folder.Path, "..", "..", "evil.dcm")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_saved_instance_wins_over_an_entry_of_the_same_name()
    {
        using (var zip = ZipFile.Open(ZipPath, ZipArchiveMode.Create))
        {
            await Fill(zip.CreateEntry("1.2.3/instances/1.2.3.1.dcm"), new byte[5]);
        }

        await using var handler = await Zip().OpenedAsync("1.2");
        Assert.Empty(await handler.FoundAsync(_series));
        await handler.SaveAllAsync(_series.Instances.Take(1));
        await handler.CompleteStudyAsync(Study, default);

        Assert.Equal(TestSeries.Bytes(_series.Instances[0]), SavingTools.Read(ZipPath, "1.2.3/instances/1.2.3.1.dcm"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_zip_that_cannot_be_closed_is_not_there()
    {
        var files = new FailingFiles { CloseFailure = path => path.EndsWith(".zip", StringComparison.Ordinal) ? new IOException("Disk quota exceeded", 122) : null };
        await using var handler = await new ZipSaveHandler(_folder.Path, new SavingOptions { Files = files }).OpenedAsync("1.2");
        await handler.SaveAllAsync(_series.Instances);

        var thrown = await Assert.ThrowsAsync<DestinationException>(async () => await handler.InnerHandler.CompleteStudyAsync(Study, default));

        Assert.Equal(DestinationFailure.Full, thrown.Reason);
        Assert.DoesNotContain(_folder.Files(), f => f.EndsWith(".zip", StringComparison.Ordinal));
        Assert.Equal("1.2.3.1 1.2.3.2 1.2.3.3 1.2.3.4", await Zip().FoundAsync(_series));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_zip_cut_off_anywhere_is_kept_aside_and_its_instances_count_as_missing()
    {
        await WriteZipAsync(_folder.Path, _series.Instances);
        var whole = await File.ReadAllBytesAsync(ZipPath);
        for (var length = 0; length < whole.Length; length += 1 + (length / 50))
        {
            using var folder = new SavingFolder();
            await File.WriteAllBytesAsync(folder["1.2.zip"], whole[..length]);

            Assert.Empty(await new ZipSaveHandler(folder.Path, new SavingOptions()).FoundAsync(_series));
            Assert.True(File.Exists(folder["1.2.zip"]));
            await using var handler = await new ZipSaveHandler(folder.Path, new SavingOptions { LoggerFactory = _logger }).OpenedAsync("1.2");
            Assert.Empty(await handler.FoundAsync(_series));
            await handler.SaveAllAsync(_series.Instances);
            await handler.CompleteStudyAsync(Study, default);

            Assert.Equal(whole, await File.ReadAllBytesAsync(folder["1.2.zip"]));
            Assert.Equal(whole[..length], await File.ReadAllBytesAsync(folder["1.2.zip.damaged"]));
        }

        Assert.Contains(_logger.Entries, e => e.Level == LogLevel.Warning && e.Id.Id == 406);
    }

    [Fact(Timeout = 60_000)]
    public async Task No_byte_turned_over_in_a_zip_makes_it_throw_anything_unforeseen()
    {
        await WriteZipAsync(_folder.Path, TestSeries.Of("1.2", "1.2.3", 2, 40).Instances);
        var whole = await File.ReadAllBytesAsync(ZipPath);
        var late = TestSeries.Of("1.2", "1.2.4", 1, 40);
        for (var at = 0; at < whole.Length; at++)
        {
            using var folder = new SavingFolder();
            var bytes = whole.ToArray();
            bytes[at] ^= 0xFF;
            await File.WriteAllBytesAsync(folder["1.2.zip"], bytes);
            await using var handler = await new ZipSaveHandler(folder.Path, new SavingOptions()).OpenedAsync("1.2");
            await handler.FoundAsync(_series);
            await handler.SaveAllAsync(late.Instances);

            var thrown = await Record.ExceptionAsync(async () => await handler.CompleteStudyAsync(Study, default));

            Assert.True(thrown is null or CodRetrieveException and not DestinationException, $"byte {at}: {thrown}");
            Assert.Equal(TestSeries.Bytes(late.Instances[0]), SavingTools.Read(folder["1.2.zip"], SavingTools.EntryName(late.Instances[0])));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Kept_zips_are_numbered()
    {
        _folder.Write("1.2.zip.damaged", [1]);
        _folder.Write("1.2.zip.damaged-2", [2]);
        _folder.Write("1.2.zip", [3]);
        await using var handler = await Zip().OpenedAsync("1.2");

        await handler.FoundAsync(_series);

        Assert.Equal([3], await File.ReadAllBytesAsync(_folder["1.2.zip.damaged-3"]));
        Assert.Equal([1], await File.ReadAllBytesAsync(_folder["1.2.zip.damaged"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task Entries_whose_bytes_are_damaged_are_not_carried_over_and_the_study_fails_once()
    {
        await WriteZipAsync(_folder.Path, _series.Instances.Take(3));
        var bytes = await File.ReadAllBytesAsync(ZipPath);
        bytes[200] ^= 1;
        await File.WriteAllBytesAsync(ZipPath, bytes);

        await using var handler = await Zip().OpenedAsync("1.2");
        await handler.SaveAllAsync(_series.Instances.Skip(3));
        var thrown = await Assert.ThrowsAsync<CodRetrieveException>(async () => await handler.CompleteStudyAsync(Study, default));

        Assert.Contains("1.2.zip.damaged", thrown.Message, StringComparison.Ordinal);
        Assert.Equal("1.2.3.2 1.2.3.3 1.2.3.4", await handler.FoundAsync(_series));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_folder["1.2.zip.damaged"]));
        await handler.SaveAllAsync(_series.Instances.Take(1));
        await handler.CompleteStudyAsync(Study, default);
        Assert.Equal("1.2.3.1 1.2.3.2 1.2.3.3 1.2.3.4", await handler.FoundAsync(_series));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_directory_that_vanishes_stops_the_job_and_is_not_made_again()
    {
        await using var handler = await Zip().OpenedAsync("1.2");
        await handler.SaveAllAsync(_series.Instances.Take(1));
        Directory.Delete(_folder.Path, recursive: true);

        var thrown = await Assert.ThrowsAsync<DestinationException>(() => handler.SaveAllAsync(_series.Instances.Skip(1)));

        Assert.Equal(DestinationFailure.NotWritable, thrown.Reason);
        Assert.False(Directory.Exists(_folder.Path));
    }

    [Fact(Timeout = 60_000)]
    public async Task More_entries_than_a_plain_zip_can_hold_make_a_zip64()
    {
        const int count = 66_000;
        using (var zip = new ZipArchive(File.Create(ZipPath), ZipArchiveMode.Create))
        {
            for (var i = 0; i < count; i++)
            {
                zip.CreateEntry($"1.2.3/instances/{i}.dcm");
            }
        }

        await using var handler = await Zip().OpenedAsync("1.2");
        await handler.SaveAllAsync(_series.Instances);
        await handler.CompleteStudyAsync(Study, default);

        Assert.Equal(count + 4, SavingTools.Names(ZipPath).Length);
        Assert.Equal("1.2.3.1 1.2.3.2 1.2.3.3 1.2.3.4", await handler.FoundAsync(_series));
    }

    private static async Task Fill(ZipArchiveEntry entry, byte[] bytes)
    {
        await using var stream = entry.Open();
        await stream.WriteAsync(bytes);
    }

    private static async Task WriteZipAsync(string directory, IEnumerable<InstanceInfo> instances)
    {
        await using var handler = await new ZipSaveHandler(directory, new SavingOptions()).OpenedAsync("1.2");
        await handler.SaveAllAsync(instances);
        await handler.CompleteStudyAsync(Study, default);
    }

    private ZipSaveHandler Zip() => new(_folder.Path, new SavingOptions { LoggerFactory = _logger });
}
