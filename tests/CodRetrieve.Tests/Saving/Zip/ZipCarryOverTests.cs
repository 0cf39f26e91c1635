using System.IO.Compression;
using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Saving;

/// <summary>A zip that is there already, whoever wrote it, and instances that are added to it or replaced in it.</summary>
public sealed class ZipCarryOverTests : IDisposable
{
    private static readonly StudyInfo Study = new("1.2", true);
    private static readonly DateTimeOffset Changed = new(2020, 2, 29, 13, 14, 16, TimeSpan.Zero);

    private readonly SavingFolder _folder = new();
    private readonly SeriesInfo _series = TestSeries.Of("1.2", "1.2.3", 3, 5000);

    private string ZipPath => _folder["1.2.zip"];

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 30_000)]
    [InlineData(5000)]
    [InlineData(2_000_000)]
    public async Task The_bytes_of_a_replaced_instance_are_nowhere_in_the_new_zip(int size)
    {
        var series = TestSeries.Of("1.2", "1.2.3", 3, size);
        await SaveAsync(series.Instances.Select(i => (i, TestSeries.Bytes(i))));
        var old = TestSeries.Bytes(series.Instances[1]);
        var redacted = old.ToArray();
        redacted.AsSpan(1000, 500).Clear();

        await SaveAsync([(series.Instances[1], redacted)]);

        Assert.Equal(redacted, SavingTools.Read(ZipPath, SavingTools.EntryName(series.Instances[1])));
        Assert.Equal(TestSeries.Bytes(series.Instances[2]), SavingTools.Read(ZipPath, SavingTools.EntryName(series.Instances[2])));
        Assert.True(File.ReadAllBytes(ZipPath).AsSpan().IndexOf(old.AsSpan(1000, 500)) < 0);
        Assert.Equal([".codretrieve/studies/1.2", "1.2.zip", "log.json"], _folder.Files());
    }

    [Fact(Timeout = 30_000)]
    public async Task The_bytes_of_an_instance_that_is_replaced_before_the_study_ends_are_nowhere()
    {
        var series = TestSeries.Of("1.2", "1.2.3", 3, 5000);
        var old = new byte[5001];
        new Random(1).NextBytes(old);

        await SaveAsync([(series.Instances[1], old), (series.Instances[0], TestSeries.Bytes(series.Instances[0])), (series.Instances[1], TestSeries.Bytes(series.Instances[1]))]);

        Assert.Equal(TestSeries.Bytes(series.Instances[0]), SavingTools.Read(ZipPath, SavingTools.EntryName(series.Instances[0])));
        Assert.True(File.ReadAllBytes(ZipPath).AsSpan().IndexOf(old.AsSpan(0, 100)) < 0);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Zips_of_other_tools_are_carried_over_with_all_that_their_lists_say(bool isStreamed)
    {
        // Written to a stream that cannot seek, entries have their sizes behind their content.
        await WriteForeignAsync(isStreamed);

        await SaveAsync([(_series.Instances[0], TestSeries.Bytes(_series.Instances[0]))]);

        Assert.Equal(["1.2.3/instances/1.2.3.1.dcm", "empty.txt", "empty/", "plain.bin", "text ü.txt"], SavingTools.Names(ZipPath));
        using var zip = ZipFile.OpenRead(ZipPath);
        Assert.Equal("of the zip", zip.Comment);
        var text = zip.GetEntry("text ü.txt")!;
        Assert.Equal(("of the text", Changed.DateTime, 0x81FF_0000u), (text.Comment, text.LastWriteTime.DateTime, (uint)text.ExternalAttributes));
        Assert.InRange(text.CompressedLength, 1, 1000);
        Assert.Equal(new byte[100_000], SavingTools.Read(ZipPath, "text ü.txt"));
        Assert.Equal(TestSeries.Bytes(_series.Instances[1]), SavingTools.Read(ZipPath, "plain.bin"));
        Assert.Equal(TestSeries.Bytes(_series.Instances[0]), SavingTools.Read(ZipPath, SavingTools.EntryName(_series.Instances[0])));
    }

    [Fact(Timeout = 30_000)]
    public async Task Of_two_entries_of_one_name_the_one_that_readers_take_is_carried_over()
    {
        using (var zip = ZipFile.Open(ZipPath, ZipArchiveMode.Create))
        {
            await FillAsync(zip.CreateEntry("twice"), [1]);
            await FillAsync(zip.CreateEntry("twice"), [2]);
        }

        await SaveAsync([(_series.Instances[0], TestSeries.Bytes(_series.Instances[0]))]);

        Assert.Equal([2], SavingTools.Read(ZipPath, "twice"));
        Assert.Equal(2, SavingTools.Names(ZipPath).Length);
    }

    private async Task WriteForeignAsync(bool isStreamed)
    {
        await using var file = File.Create(ZipPath);
        using var zip = new ZipArchive(isStreamed ? new WriteOnlyStream(file) : file, ZipArchiveMode.Create);
        zip.Comment = "of the zip";
        var text = zip.CreateEntry("text ü.txt", CompressionLevel.Optimal);
        (text.LastWriteTime, text.Comment, text.ExternalAttributes) = (Changed, "of the text", unchecked((int)0x81FF_0000));
        await FillAsync(text, new byte[100_000]);
        await FillAsync(zip.CreateEntry("plain.bin", CompressionLevel.NoCompression), TestSeries.Bytes(_series.Instances[1]));
        zip.CreateEntry("empty/");
        zip.CreateEntry("empty.txt");
    }

    private static async Task FillAsync(ZipArchiveEntry entry, byte[] bytes)
    {
        await using var stream = entry.Open();
        await stream.WriteAsync(bytes);
    }

    private async Task SaveAsync(IEnumerable<(InstanceInfo Instance, byte[] Bytes)> instances)
    {
        await using var handler = await new ZipSaveHandler(_folder.Path, new SavingOptions()).OpenedAsync("1.2");
        foreach (var (instance, bytes) in instances)
        {
            await handler.SaveAsync(instance, new MemoryStream(bytes), default);
        }

        await handler.CompleteStudyAsync(Study, default);
    }

    private sealed class WriteOnlyStream(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
