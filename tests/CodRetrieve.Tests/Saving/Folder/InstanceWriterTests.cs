using CodRetrieve.IO;
using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Saving;

public sealed class InstanceWriterTests : IDisposable
{
    private readonly SavingFolder _folder = new();
    private readonly InstanceInfo _instance = TestSeries.Of("1.2", "1.2.3", 1, 300_000).Instances[0];

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 30_000)]
    [InlineData(true, 300_000)]
    [InlineData(true, 3_000_000)]
    [InlineData(false, 300_000)]
    public async Task An_instance_that_is_being_written_has_a_hidden_name_or_none(bool unnamed, int size)
    {
        var instance = TestSeries.Of("1.2", "1.2.3", 1, size).Instances[0];
        var content = new BlockedStream(TestSeries.Bytes(instance));
        var saving = Writer(unnamed).SaveAsync(instance, _folder["a", instance.SopInstanceUid + ".dcm"], "0badc0de", content, default).AsTask();
        await content.Blocked;

        var isUnnamed = unnamed && size < 1_000_000 && AnonymousFile.IsPossibleIn(_folder.Path, _folder["probe"]);
        Assert.Equal(isUnnamed ? 0 : 1, _folder.Files().Length);
        Assert.All(_folder.Files(), file => Assert.StartsWith("a/.1.2.3.1.0badc0de.", file, StringComparison.Ordinal));

        content.Release();
        var written = await saving;
        Assert.Equal(size, written.SizeBytes);
        Assert.Equal(Crc32C.Append(0, TestSeries.Bytes(instance)), written.Crc32c);
        Assert.Equal(File.GetLastWriteTimeUtc(_folder["a", "1.2.3.1.dcm"]), written.LastWriteUtc);
        Assert.Equal(["a/1.2.3.1.dcm"], _folder.Files());
        Assert.Equal(TestSeries.Bytes(instance), await File.ReadAllBytesAsync(_folder["a", "1.2.3.1.dcm"]));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Replaces_what_has_the_name(bool unnamed)
    {
        _folder.Write("a/1.2.3.1.dcm", new byte[5]);
        await Writer(unnamed).SaveAsync(_instance, _folder["a", _instance.SopInstanceUid + ".dcm"], "0badc0de", TestSeries.Content(_instance), default);

        Assert.Equal(["a/1.2.3.1.dcm"], _folder.Files());
        Assert.Equal(TestSeries.Bytes(_instance), await File.ReadAllBytesAsync(_folder["a", "1.2.3.1.dcm"]));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_folder_that_is_removed_while_an_instance_is_written_fails_the_instance_only(bool unnamed)
    {
        var writer = Writer(unnamed);
        var content = new BlockedStream(TestSeries.Bytes(_instance));
        var saving = writer.SaveAsync(_instance, _folder["a", _instance.SopInstanceUid + ".dcm"], "0badc0de", content, default).AsTask();
        await content.Blocked;
        Directory.Delete(_folder["a"], recursive: true);

        content.Release();

        await Assert.ThrowsAnyAsync<IOException>(() => saving);
        await writer.SaveAsync(_instance, _folder["a", _instance.SopInstanceUid + ".dcm"], "0badc0de", TestSeries.Content(_instance), default);
        Assert.Equal(["a/1.2.3.1.dcm"], _folder.Files());
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_directory_that_is_removed_while_an_instance_is_written_ends_all_saving(bool unnamed)
    {
        var content = new BlockedStream(TestSeries.Bytes(_instance));
        var saving = Writer(unnamed).SaveAsync(_instance, _folder["a", _instance.SopInstanceUid + ".dcm"], "0badc0de", content, default).AsTask();
        await content.Blocked;
        Directory.Delete(_folder.Path, recursive: true);

        content.Release();

        var fault = await Assert.ThrowsAsync<DestinationException>(() => saving);
        Assert.Equal(DestinationFailure.NotWritable, fault.Reason);
        Assert.False(Directory.Exists(_folder.Path));
    }

    private InstanceWriter Writer(bool unnamed) => new(_folder.Path, allowsLinks: false, new SavingOptions { AnonymousFiles = unnamed });
}
