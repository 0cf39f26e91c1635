using CodRetrieve.Saving;

namespace CodRetrieve.Tests.Saving;

public sealed class DestinationCheckTests : IDisposable
{
    private readonly SavingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Makes_the_directory_and_leaves_no_probe()
    {
        Assert.Equal(_folder["a", "b"], DestinationCheck.PrepareDirectory(_folder["a", "x", "..", "b"]));

        Assert.True(Directory.Exists(_folder["a", "b"]));
        Assert.Empty(_folder.Files());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\0b")]
    public void Refuses_what_is_no_path(string path) =>
        Assert.Throws<ArgumentException>(() => DestinationCheck.PrepareDirectory(path));

    [Theory]
    [InlineData("file")]
    [InlineData("file/below")]
    public void A_file_in_place_of_the_directory_is_not_writable(string place)
    {
        _folder.Write("file", [1]);

        var thrown = Assert.Throws<DestinationException>(() => DestinationCheck.PrepareDirectory(_folder[place]));

        Assert.Equal(DestinationFailure.NotWritable, thrown.Reason);
        Assert.Contains(_folder.Path, thrown.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_probe_that_a_killed_process_left_is_deleted_by_the_next_job_and_nothing_else_is()
    {
        _folder.Write(".probe.0a1b2c3d.4e5f6071.partial", [0]);
        _folder.Write(".probe.of-somebody.partial", [0]);

        var handler = new FolderSaveHandler(_folder.Path);
        await handler.OpenAsync(default);
        await handler.CloseAsync();

        Assert.Equal([".probe.of-somebody.partial"], _folder.Files().Where(name => name.Contains("probe", StringComparison.Ordinal)));
    }
}
