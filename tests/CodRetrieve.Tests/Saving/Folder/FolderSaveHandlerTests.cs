using System.Globalization;
using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Saving;

public sealed class FolderSaveHandlerTests : IDisposable
{
    private readonly SavingFolder _folder = new();
    private readonly SeriesInfo _series = TestSeries.Of("1.2", "1.2.3", 3);
    private readonly ListLogger _logger = new();

    private SavingOptions Options => new() { LoggerFactory = _logger };

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Saves_below_study_series_and_instances()
    {
        await using var handler = await Folder().OpenedAsync("1.2");

        var saved = await handler.SaveAsync(_series.Instances[0], TestSeries.Content(_series.Instances[0]), default);

        Assert.Equal(_folder["1.2", "1.2.3", "instances", "1.2.3.1.dcm"], saved);
        Assert.True(File.Exists(saved));
    }

    [Fact(Timeout = 30_000)]
    public async Task Leaves_nothing_but_instances_and_the_log_after_a_clean_end()
    {
        await using (var handler = await Folder().OpenedAsync("1.2"))
        {
            await handler.SaveAllAsync(_series.Instances[0]);
            Assert.Equal(2, Directory.EnumerateFiles(_folder[".codretrieve"], "*", SearchOption.AllDirectories).Count());
        }

        Assert.Equal([".codretrieve/studies/1.2", "1.2/1.2.3/instances/1.2.3.1.dcm", "log.json"], _folder.Files());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_of_the_wrong_size_is_not_saved()
    {
        _folder.Write("1.2/1.2.3/instances/1.2.3.1.dcm", new byte[999]);
        _folder.Write("1.2/1.2.3/instances/1.2.3.2.dcm", new byte[1001]);
        await using var handler = await Folder().OpenedAsync("1.2");

        Assert.Equal("1.2.3.2", await handler.FoundAsync(_series));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0, "")]
    [InlineData(1, "1.2.3.1")]
    public async Task Where_the_index_says_no_size_any_file_with_bytes_is_saved(int size, string expected)
    {
        _folder.Write("1.2/1.2.3/instances/1.2.3.1.dcm", new byte[size]);

        Assert.Equal(expected, await Folder().FoundAsync(TestSeries.WithSizes("1.2", "1.2.3", sizes: [null])));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_folder_with_the_name_of_an_instance_fails_that_instance_only()
    {
        Directory.CreateDirectory(_folder["1.2", "1.2.3", "instances", "1.2.3.1.dcm"]);
        await using var handler = await Folder().OpenedAsync("1.2");

        Assert.Empty(await handler.FoundAsync(_series));
        await Assert.ThrowsAnyAsync<Exception>(() => handler.SaveAllAsync(_series.Instances[0]));
        await handler.SaveAllAsync(_series.Instances[1]);

        Assert.Equal("1.2.3.2", await handler.FoundAsync(_series));
    }

    [Fact(Timeout = 30_000)]
    public async Task Looking_deletes_unfinished_files_of_an_earlier_run_and_nothing_else()
    {
        _folder.Write("1.2/1.2.3/instances/.1.2.3.1.dcm.partial", new byte[9]);
        _folder.Write("1.2/1.2.3/instances/.1.2.3.1.0badc0de.01234567.partial", new byte[9]);
        _folder.Write("1.2/1.2.3/instances/.someone-else.partial", new byte[9]);
        _folder.Write("1.2/1.2.3/instances/1.2.3.9.dcm.partial", new byte[9]);
        await using var handler = await Folder().OpenedAsync("1.2");

        Assert.Empty(await handler.FoundAsync(_series));

        var left = _folder.Files().Where(f => f.EndsWith(".partial", StringComparison.Ordinal)).ToArray();
        Assert.Equal(["1.2/1.2.3/instances/.someone-else.partial", "1.2/1.2.3/instances/1.2.3.9.dcm.partial"], left);
    }

    [Fact(Timeout = 30_000)]
    public async Task Looking_without_opening_changes_nothing()
    {
        _folder.Write("1.2/1.2.3/instances/.1.2.3.1.dcm.partial", new byte[9]);
        _folder.Write("1.2/1.2.3/instances/1.2.3.2.dcm", new byte[1001]);
        var before = _folder.Files();

        Assert.Equal("1.2.3.2", await Folder().FoundAsync(_series));

        Assert.Equal(before, _folder.Files());
    }

    [Fact(Timeout = 30_000)]
    public async Task Looking_without_opening_works_beside_a_job_and_where_no_directory_is()
    {
        await using var handler = await Folder().OpenedAsync("1.2");
        await handler.SaveAllAsync(_series.Instances[0]);

        Assert.Equal("1.2.3.1", await Folder().FoundAsync(_series));
        Assert.Empty(await new FolderSaveHandler(_folder["none"], Options).FoundAsync(_series));
        Assert.False(Directory.Exists(_folder["none"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_studies_of_a_dead_run_are_cleaned_up_when_the_next_run_opens()
    {
        _folder.WriteDeadRun("0badc0de", "9.8", "../outside", "7.6");
        _folder.Write("9.8/1/instances/.1.dcm.partial", new byte[9]);
        _folder.Write("9.8/1/instances/.1.0badc0de.01234567.partial", new byte[9]);
        _folder.Write("9.8/1/instances/2.dcm", new byte[9]);
        _folder.Write("5.5/1/instances/.1.dcm.partial", new byte[9]);
        var outside = Path.Combine(Path.GetDirectoryName(_folder.Path)!, "outside");

        await using var handler = await Folder().OpenedAsync("1.2", "1.3");

        var marker = Assert.Single(Directory.GetFiles(_folder[".codretrieve", "runs"]));
        Assert.NotEqual("0badc0de", Path.GetFileName(marker));
        Assert.Equal(["5.5/1/instances/.1.dcm.partial", "9.8/1/instances/2.dcm"], _folder.Files().Where(file => file[0] != '.'));
        await handler.CloseAsync();
        Assert.False(Directory.Exists(outside));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_series_folder_that_vanishes_is_made_again()
    {
        await using var handler = await Folder().OpenedAsync("1.2");
        await handler.SaveAllAsync(_series.Instances[0]);
        Directory.Delete(_folder["1.2"], recursive: true);

        await handler.SaveAllAsync(_series.Instances[1]);

        Assert.Equal("1.2.3.2", await handler.FoundAsync(_series));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("1.2.3")]
    [InlineData("1.2.4")]
    public async Task A_directory_that_vanishes_stops_the_job_and_is_not_made_again(string series)
    {
        await using var handler = await Folder().OpenedAsync("1.2");
        await handler.SaveAllAsync(_series.Instances[0]);
        Directory.Delete(_folder.Path, recursive: true);

        var thrown = await Assert.ThrowsAsync<DestinationException>(
            () => handler.SaveAllAsync(TestSeries.Of("1.2", series, 1).Instances));

        Assert.Equal(DestinationFailure.NotWritable, thrown.Reason);
        Assert.Contains(_folder.Path, thrown.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Path));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("1.2")]
    [InlineData("1.2/1.2.3")]
    [InlineData("1.2/1.2.3/instances")]
    public async Task A_file_in_place_of_a_folder_stops_the_job(string place)
    {
        _folder.Write(place, [1]);
        await using var handler = await Folder().OpenedAsync("1.2");

        var thrown = await Assert.ThrowsAsync<DestinationException>(() => handler.SaveAllAsync(_series.Instances[0]));

        Assert.Equal(DestinationFailure.NotWritable, thrown.Reason);
        Assert.Equal([1], await File.ReadAllBytesAsync(_folder[place]));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_folder_may_be_a_link_where_links_are_allowed()
    {
        Directory.CreateDirectory(_folder["elsewhere"]);
        Directory.CreateSymbolicLink(_folder["1.2"], _folder["elsewhere"]);
        await using var handler = await new FolderSaveHandler(_folder.Path, new SavingOptions { AllowSymbolicLinks = true }).OpenedAsync("1.2");

        await handler.SaveAllAsync(_series.Instances[0]);

        Assert.Equal("1.2.3.1", await handler.FoundAsync(_series));
        Assert.True(File.Exists(_folder["elsewhere", "1.2.3", "instances", "1.2.3.1.dcm"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_instance_that_was_moved_away_and_linked_is_saved_if_links_are_allowed_and_the_target_is_whole()
    {
        _folder.Write("archive/1", new byte[1000]);
        Directory.CreateDirectory(_folder["1.2", "1.2.3", "instances"]);
        File.CreateSymbolicLink(_folder["1.2", "1.2.3", "instances", "1.2.3.1.dcm"], _folder["archive", "1"]);
        File.CreateSymbolicLink(_folder["1.2", "1.2.3", "instances", "1.2.3.2.dcm"], _folder["archive", "gone"]);

        Assert.Equal("1.2.3.1", await new FolderSaveHandler(_folder.Path, new SavingOptions { AllowSymbolicLinks = true }).FoundAsync(_series));
        Assert.Empty(await Folder().FoundAsync(_series));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_that_another_job_has_is_refused_until_that_is_done_with_it()
    {
        var first = await Folder().OpenedAsync("1.2", "1.3");
        await using var second = await new ZipSaveHandler(_folder.Path, Options).OpenedAsync("1.4");

        Assert.False(await second.TryBeginStudyAsync("1.2", default));
        await first.InnerHandler.CompleteStudyAsync(new StudyInfo("1.2", true), default);
        Assert.True(await second.TryBeginStudyAsync("1.2", default));
        Assert.False(await second.TryBeginStudyAsync("1.3", default));
        await first.CloseAsync();
        await first.CloseAsync();
        Assert.True(await second.TryBeginStudyAsync("1.3", default));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_whose_state_was_removed_admits_no_other()
    {
        await using var first = await new FolderSaveHandler(_folder.Path, Options).OpenedAsync("1.2");
        Directory.Delete(_folder[".codretrieve"], recursive: true);
        var second = new FolderSaveHandler(_folder.Path, new SavingOptions { TimeProvider = new HurriedTime() });

        var thrown = await Assert.ThrowsAsync<DestinationException>(() => second.OpenedAsync("1.2"));

        Assert.Equal(DestinationFailure.InUse, thrown.Reason);
        Assert.Contains(_folder.Path, thrown.Message, StringComparison.Ordinal);
        await first.CloseAsync();
        await using var third = await second.OpenedAsync("1.2");
    }

    [Fact(Timeout = 30_000)]
    public async Task Unfinished_files_of_a_job_that_runs_are_left_alone()
    {
        await using var first = await new FolderSaveHandler(_folder.Path, new SavingOptions { AnonymousFiles = false }).OpenedAsync("1.2");
        var content = new BlockedStream(TestSeries.Bytes(_series.Instances[0]));
        var saving = first.SaveAsync(_series.Instances[0], content, default).AsTask();
        await content.Blocked;
        await using var second = await Folder().OpenedAsync();
        Assert.False(await second.TryBeginStudyAsync("1.2", default));

        // As if the lock of the study meant nothing.
        File.Delete(_folder[".codretrieve", "locks", "1.2"]);
        Assert.True(await second.TryBeginStudyAsync("1.2", default));
        Assert.Empty(await second.FoundAsync(_series));

        content.Release();
        await saving;
        Assert.Equal("1.2.3.1", await second.FoundAsync(_series));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("1.2")]
    [InlineData("1.2/1.2.3")]
    [InlineData("1.2/1.2.3/instances")]
    public async Task A_link_in_the_place_of_a_folder_is_not_followed_and_concerns_its_study_only(string place)
    {
        Directory.CreateDirectory(_folder["elsewhere"]);
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[place])!);
        Directory.CreateSymbolicLink(_folder[place], _folder["elsewhere"]);
        await using var handler = await Folder().OpenedAsync("1.2", "1.3");

        var found = await Assert.ThrowsAsync<IOException>(() => handler.FoundAsync(_series));
        await Assert.ThrowsAsync<IOException>(() => handler.SaveAllAsync(_series.Instances[0]));
        await handler.SaveAllAsync(TestSeries.Of("1.3", "1.3.1", 1).Instances);

        Assert.Contains(_folder[place], found.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["elsewhere"]));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(".codretrieve")]
    [InlineData(".codretrieve/runs")]
    [InlineData(".codretrieve/locks")]
    public async Task A_link_among_the_state_is_refused_even_where_links_are_allowed(string place)
    {
        Directory.CreateDirectory(_folder["elsewhere"]);
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[place])!);
        Directory.CreateSymbolicLink(_folder[place], _folder["elsewhere"]);

        var thrown = await Assert.ThrowsAsync<DestinationException>(
            () => new FolderSaveHandler(_folder.Path, new SavingOptions { AllowSymbolicLinks = true }).OpenedAsync("1.2"));

        Assert.Equal(DestinationFailure.NotWritable, thrown.Reason);
        Assert.Contains(_folder[place], thrown.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["elsewhere"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_outside_that_planted_links_lead_to_is_never_written()
    {
        var outside = _folder.Write("outside", [1, 2, 3]);
        Directory.CreateDirectory(_folder["1.2", "1.2.3", "instances"]);
        File.CreateSymbolicLink(_folder["1.2", "1.2.3", "instances", ".1.2.3.1.dcm.partial"], outside);
        File.CreateSymbolicLink(_folder["1.2", "1.2.3", "instances", "1.2.3.1.dcm"], outside);
        Directory.CreateDirectory(_folder[".codretrieve", "runs"]);
        File.CreateSymbolicLink(_folder[".codretrieve", "runs", "0badc0de"], outside);
        File.CreateSymbolicLink(_folder[".codretrieve", "running"], outside);
        File.CreateSymbolicLink(_folder[".log.json.partial"], outside);
        await using (var handler = await Folder().OpenedAsync("1.2"))
        {
            await handler.FoundAsync(_series);
            await handler.SaveAllAsync(_series.Instances);
        }

        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(outside));
        Assert.Equal(TestSeries.Bytes(_series.Instances[0]), await File.ReadAllBytesAsync(_folder["1.2", "1.2.3", "instances", "1.2.3.1.dcm"]));
        Assert.Null(new FileInfo(_folder["1.2", "1.2.3", "instances", "1.2.3.1.dcm"]).LinkTarget);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_log_that_is_locked_all_the_time_stops_no_job()
    {
        _folder.Write("log.json", """{"logs":[]}"""u8.ToArray());
        using var held = File.Open(_folder["log.json"], FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        var handler = await new FolderSaveHandler(_folder.Path, new SavingOptions { TimeProvider = new HurriedTime(), LoggerFactory = _logger }).OpenedAsync("1.2");

        await handler.SaveAllAsync(_series.Instances);
        await handler.CompleteStudyAsync(new StudyInfo("1.2", true), default);
        await handler.CloseAsync();

        Assert.Equal("1.2.3.1 1.2.3.2 1.2.3.3", await Folder().FoundAsync(_series));
        Assert.Contains(_logger.Entries, entry => entry.Id.Id == 403);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_folder_that_cannot_be_read_concerns_that_study_only()
    {
        Directory.CreateDirectory(_folder["1.2", "1.2.3"]);
        Directory.CreateSymbolicLink(_folder["1.2", "1.2.3", "instances"], _folder["1.2", "1.2.3", "instances"]);
        _folder.WriteDeadRun("0badc0de", "1.2");
        await using var handler = await new FolderSaveHandler(_folder.Path, new SavingOptions { AllowSymbolicLinks = true }).OpenedAsync("1.2", "1.3");

        await Assert.ThrowsAsync<IOException>(() => handler.FoundAsync(_series));

        var other = TestSeries.Of("1.3", "1.3.1", 1);
        Assert.Empty(await handler.FoundAsync(other));
        await handler.SaveAllAsync(other.Instances);
        Assert.Equal("1.3.1.1", await handler.FoundAsync(other));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_error_that_only_closing_reports_fails_the_instance_and_leaves_no_file(bool unnamed)
    {
        var files = new FailingFiles { CloseFailure = path => path.EndsWith("1.2.3.1.dcm", StringComparison.Ordinal) ? new IOException("Input/output error", 5) : null };
        await using var handler = await new FolderSaveHandler(_folder.Path, new SavingOptions { Files = files, AnonymousFiles = unnamed }).OpenedAsync("1.2");

        await Assert.ThrowsAsync<IOException>(() => handler.SaveAllAsync(_series.Instances[0]));
        await handler.SaveAllAsync(_series.Instances[1]);

        Assert.Equal("1.2.3.2", await handler.FoundAsync(_series));
        files.CloseFailure = _ => new IOException("Disk quota exceeded", 122);
        var full = await Assert.ThrowsAsync<DestinationException>(() => handler.SaveAllAsync(_series.Instances[2]));
        Assert.Equal(DestinationFailure.Full, full.Reason);
        Assert.Equal(["1.2/1.2.3/instances/1.2.3.2.dcm"], _folder.Files().Where(file => file[0] != '.'));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_failed_opening_leaves_the_directory_free()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Folder().OpenAsync(cancelled.Token));

        await using var handler = await Folder().OpenedAsync("1.2");
    }

    [Fact(Timeout = 30_000)]
    public async Task Saving_needs_an_opened_handler()
    {
        var handler = Folder();

        await Assert.ThrowsAsync<InvalidOperationException>(() => handler.SaveAllAsync(_series.Instances[0]));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("..", "1", "1")]
    [InlineData("1", "a/b", "1")]
    [InlineData("1", "1", "../../../x")]
    public async Task Names_that_lead_out_of_the_directory_are_refused(string study, string series, string sop)
    {
        await using var handler = await Folder().OpenedAsync("1.2");
        var instance = new InstanceInfo { Series = TestSeries.WithSizes(study, series), SopInstanceUid = sop, SizeBytes = 1 };

        await Assert.ThrowsAsync<ArgumentException>(async () =>
        {
            await handler.TryBeginStudyAsync(study, default);
            await handler.SaveAsync(instance, new MemoryStream([1]), default);
        });
    }

    [Fact(Timeout = 30_000)]
    public async Task An_instance_in_a_trusted_log_is_saved_though_its_file_is_gone()
    {
        _folder.Write("log.json", """{"logs":["1.2/1.2.3/1.2.3.2"]}"""u8.ToArray());
        var trusting = Options;
        trusting.TrustSavedLog = true;
        var unopened = new FolderSaveHandler(_folder.Path, trusting);

        Assert.Empty(await Folder().FoundAsync(_series));
        Assert.Equal("1.2.3.2", await unopened.FoundAsync(_series));
        await using (var handler = await new FolderSaveHandler(_folder.Path, trusting).OpenedAsync("1.2"))
        {
            Assert.Equal("1.2.3.2", await handler.FoundAsync(_series));
            await handler.SaveAllAsync(_series.Instances[0]);
            File.Delete(_folder["1.2", "1.2.3", "instances", "1.2.3.1.dcm"]);
        }

        Assert.Equal("1.2.3.1 1.2.3.2", await unopened.FoundAsync(_series));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_found_on_the_disk_but_not_in_the_log_is_logged()
    {
        _folder.Write("1.2/1.2.3/instances/1.2.3.2.dcm", new byte[1001]);
        await using (var handler = await Folder().OpenedAsync("1.2"))
        {
            await handler.FoundAsync(_series);
        }

        Assert.Equal("""{"logs":["1.2/1.2.3/1.2.3.2"]}""", await File.ReadAllTextAsync(_folder["log.json"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_index_that_claims_a_senseless_size_does_not_pass_for_a_full_disk()
    {
        var instance = TestSeries.WithSizes("1.2", "1.2.3", long.MaxValue / 4).Instances[0];
        await using var handler = await Folder().OpenedAsync("1.2");

        var saved = await handler.SaveAsync(instance, new MemoryStream(new byte[10]), default);

        Assert.Equal(10, new FileInfo(saved).Length);
        Assert.Empty(await handler.FoundAsync(instance.Series));
    }

    [Fact(Timeout = 240_000)]
    public async Task Finds_thousands_of_instances_among_other_files()
    {
        var series = TestSeries.WithSizes("1.2", "1.2.3", [.. Enumerable.Repeat((long?)3, 2000)]);
        foreach (var instance in series.Instances)
        {
            _folder.Write("1.2/1.2.3/instances/" + instance.SopInstanceUid + ".dcm", [1, 2, 3]);
        }

        _folder.Write("1.2/1.2.3/instances/readme.txt", [1]);
        var found = await Folder().FindSavedAsync(series, default);

        Assert.Equal("2000", found.SopInstanceUids.Count.ToString(CultureInfo.InvariantCulture));
    }

    private FolderSaveHandler Folder() => new(_folder.Path, Options);
}
