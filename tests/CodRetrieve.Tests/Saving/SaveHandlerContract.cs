using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Saving;

/// <summary>What every save handler keeps, whoever wrote it.</summary>
public abstract class SaveHandlerContract : IAsyncLifetime, IDisposable
{
    private ISaveHandler _handler = null!;

    protected SavingFolder Folder { get; } = new();

    public async Task InitializeAsync() => _handler = await CreateAsync(["1.2"]);

    public async Task DisposeAsync() => await CloseAsync(_handler);

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact(Timeout = 30_000)]
    public async Task Finds_nothing_in_a_new_destination() =>
        Assert.Empty((await _handler.FindSavedAsync(TestSeries.Of("1.2", "1.2.3", 4), default)).SopInstanceUids);

    [Theory(Timeout = 30_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData((256 * 1024) - 1)]
    [InlineData(256 * 1024)]
    [InlineData((1024 * 1024) + 3)]
    public async Task Saves_exactly_the_bytes(int size)
    {
        var instance = TestSeries.WithSizes("1.2", "1.2.3", size).Instances[0];

        var location = await _handler.SaveAsync(instance, TestSeries.Content(instance), default);

        Assert.NotEmpty(location);
        Assert.Equal("1.2.3.1", await _handler.FoundAsync(instance.Series));
        await _handler.CompleteStudyAsync(new StudyInfo("1.2", true), default);
        Assert.Equal(TestSeries.Bytes(instance), Read(instance));
        Assert.Equal("1.2.3.1", await _handler.FoundAsync(instance.Series));
    }

    [Fact(Timeout = 30_000)]
    public async Task Saves_an_instance_whose_size_is_not_known()
    {
        var instance = TestSeries.WithSizes("1.2", "1.2.3", sizes: [null]).Instances[0];

        await _handler.SaveAsync(instance, TestSeries.Content(instance), default);

        Assert.Equal("1.2.3.1", await _handler.FoundAsync(instance.Series));
    }

    [Fact(Timeout = 30_000)]
    public async Task Finds_exactly_the_instances_that_were_saved()
    {
        var series = TestSeries.Of("1.2", "1.2.3", 5);
        var other = TestSeries.Of("1.2", "1.2.4", 5);
        await SaveAsync(series.Instances[1]);
        await SaveAsync(series.Instances[3]);

        Assert.Equal("1.2.3.2 1.2.3.4", await _handler.FoundAsync(series));
        Assert.Empty(await _handler.FoundAsync(other));
    }

    [Fact(Timeout = 30_000)]
    public async Task Lets_what_reading_throws_pass_unchanged_even_if_it_looks_like_a_full_disk()
    {
        var instance = TestSeries.Of("1.2", "1.2.3", 1, 300_000).Instances[0];
        var failure = new IOException("the connection broke", 28);

        var thrown = await Assert.ThrowsAsync<IOException>(async () => await _handler.SaveAsync(
            instance, new ThrowingStream(TestSeries.Bytes(instance).AsMemory(0, 290_000), () => failure), default));

        Assert.Same(failure, thrown);
    }

    [Fact(Timeout = 30_000)]
    public async Task Content_that_fails_leaves_nothing_visible_and_can_be_saved_later()
    {
        var instance = TestSeries.Of("1.2", "1.2.3", 1, 300_000).Instances[0];

        // The whole of it came, but the checksum was wrong: the last moment at which content can fail.
        await Assert.ThrowsAsync<InvalidDataException>(async () => await _handler.SaveAsync(
            instance, new ThrowingStream(TestSeries.Bytes(instance), () => new InvalidDataException("checksum")), default));

        Assert.Empty(await _handler.FoundAsync(instance.Series));
        Assert.Empty(InstanceFiles());
        await SaveAsync(instance);
        await _handler.CompleteStudyAsync(new StudyInfo("1.2", true), default);
        Assert.Equal(TestSeries.Bytes(instance), Read(instance));
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_leaves_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        var instance = TestSeries.Of("1.2", "1.2.3", 1, 300_000).Instances[0];
        var content = new BlockedStream(TestSeries.Bytes(instance).AsMemory(0, 280_000));
        var saving = _handler.SaveAsync(instance, content, cancellation.Token).AsTask();
        await content.Blocked;

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => saving);
        Assert.Empty(await _handler.FoundAsync(instance.Series));
        Assert.Empty(InstanceFiles());
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_is_visible_before_the_content_ended()
    {
        var instance = TestSeries.Of("1.2", "1.2.3", 1, 300_000).Instances[0];
        var content = new BlockedStream(TestSeries.Bytes(instance));
        var saving = _handler.SaveAsync(instance, content, default).AsTask();
        await content.Blocked;

        Assert.Empty(await _handler.FoundAsync(instance.Series));

        content.Release();
        await saving;
        Assert.Equal("1.2.3.1", await _handler.FoundAsync(instance.Series));
    }

    [Fact(Timeout = 30_000)]
    public async Task Saves_several_instances_at_once()
    {
        var series = new[] { TestSeries.Of("1.2", "1.2.3", 20, 5000), TestSeries.Of("1.2", "1.2.4", 20, 270_000) };
        var instances = series.SelectMany(s => s.Instances).ToList();

        await Task.WhenAll(instances.Select(i => Task.Run(() => SaveAsync(i))));
        await _handler.CompleteStudyAsync(new StudyInfo("1.2", true), default);

        Assert.All(instances, i => Assert.Equal(TestSeries.Bytes(i), Read(i)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Saving_an_instance_again_replaces_it()
    {
        var instance = TestSeries.Of("1.2", "1.2.3", 1).Instances[0];
        await _handler.SaveAsync(instance, new MemoryStream(new byte[77]), default);
        Assert.Empty(await _handler.FoundAsync(instance.Series));

        await SaveAsync(instance);

        await _handler.CompleteStudyAsync(new StudyInfo("1.2", true), default);
        Assert.Equal(TestSeries.Bytes(instance), Read(instance));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_can_be_completed_again_or_with_nothing_saved()
    {
        var instance = TestSeries.Of("1.2", "1.2.3", 1).Instances[0];
        await _handler.CompleteStudyAsync(new StudyInfo("1.2", false), default);
        await SaveAsync(instance);
        await _handler.CompleteStudyAsync(new StudyInfo("1.2", true), default);
        await _handler.CompleteStudyAsync(new StudyInfo("1.2", true), default);

        Assert.Equal(TestSeries.Bytes(instance), Read(instance));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_next_job_finds_what_this_one_saved()
    {
        var series = TestSeries.Of("1.2", "1.2.3", 3);
        await SaveAsync(series.Instances[0]);
        await _handler.CompleteStudyAsync(new StudyInfo("1.2", false), default);
        await SaveAsync(series.Instances[2]);
        await CloseAsync(_handler);

        _handler = await CreateAsync(["1.2"]);

        Assert.Equal("1.2.3.1 1.2.3.3", await _handler.FoundAsync(series));
    }

    /// <summary>A handler as a job would use it; the second one in a test works on the first one's destination.</summary>
    protected abstract Task<ISaveHandler> CreateAsync(IReadOnlyCollection<string> studies);

    protected abstract Task CloseAsync(ISaveHandler handler);

    /// <summary>The bytes of a saved instance of a completed study.</summary>
    protected abstract byte[] Read(InstanceInfo instance);

    /// <summary>Names of all files of instances, the unfinished ones included.</summary>
    protected virtual IEnumerable<string> InstanceFiles() =>
        Folder.Files().Where(f => f.Contains(".dcm", StringComparison.Ordinal) || f.EndsWith(".partial", StringComparison.Ordinal));

    private async Task SaveAsync(InstanceInfo instance) => await _handler.SaveAsync(instance, TestSeries.Content(instance), default);
}
