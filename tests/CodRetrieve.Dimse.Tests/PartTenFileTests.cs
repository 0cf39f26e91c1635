using CodRetrieve.Dimse.Tests.Support;

namespace CodRetrieve.Dimse.Tests;

/// <summary>What is read of an instance before it is sent.</summary>
public sealed class PartTenFileTests
{
    public static TheoryData<string, byte[], string> Invalid => new()
    {
        { "nothing", [], "no preamble" },
        { "a data set without preamble", PartTen.DataSet(PartTen.CtImageStorage, "1.2", 1000), "no preamble" },
        { "zeros", new byte[5000], "no preamble" },
        { "preamble only", PartTen.Head()[..132], "ends before its data set" },
        { "within the meta information", PartTen.Head()[..154], "ends within its meta information" },
        { "no data set", PartTen.Head(), "ends before its data set" },
        { "no meta information", [.. PartTen.Head()[..132], .. PartTen.DataSet(PartTen.CtImageStorage, "1.2", 10)], "lacks a valid" },
        { "a UID with letters", PartTen.File(sopClass: "1.2.x"), "lacks a valid" },
        { "a UID of 66 characters", PartTen.File(sopInstance: new string('1', 66)), "lacks a valid" },
        { "an empty UID", PartTen.File(transferSyntax: ""), "lacks a valid" },
        { "a private element of 4 GB", [.. PartTen.Head(), 2, 0, 2, 1, (byte)'O', (byte)'B', 0, 0, 255, 255, 255, 255, .. new byte[100]], "more than 65536 bytes" },
        { "elements without end", [.. PartTen.Head(), .. Enumerable.Repeat(PartTen.Element(0x0002_0102, "OB", new byte[1000]), 100).SelectMany(one => one)], "more than 65536 bytes" },
    };

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Invalid))]
    public async Task What_is_no_part_10_file_is_not_sent(string name, byte[] bytes, string words)
    {
        await using var archive = new FakeArchive();
        await using var handler = new DimseSaveHandler(archive.Address);

        var failure = await Assert.ThrowsAsync<DimseException>(async () => await handler.SaveAsync(Instances.Of("1.2.3"), new TestContent(bytes), default));

        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.Contains("instances/1.2.3.dcm", failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(name);
        Assert.Equal(0, archive.Associations);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_wrong_or_absent_group_length_does_not_matter()
    {
        var file = PartTen.File(pixelBytes: 100);
        var without = file[..132].Concat(file[144..]).ToArray();
        file[140] = 99;
        foreach (var bytes in new[] { file, without })
        {
            using var content = new ReplayableContent("one", new TestContent(bytes), 0);

            var meta = await PartTenFile.ReadAsync(content, default);

            Assert.Equal(new PartTenFile("1.2.3.4.5.6", new PresentationContext(PartTen.CtImageStorage, PartTen.ExplicitLittleEndian)), meta with { StudyInstanceUid = null, SeriesInstanceUid = null });
            Assert.Equal(("1.2.3", "1.2.3.4"), (meta.StudyInstanceUid, meta.SeriesInstanceUid));
            var rest = new byte[10_000];
            Assert.Equal(PartTen.DataSet(PartTen.CtImageStorage, "1.2.3.4.5.6", 100), rest[..await content.FillAsync(rest, default)]);
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1_000, 0, true)]
    [InlineData(120_000, 0, true)]
    [InlineData(140_000, 0, false)]
    [InlineData(140_000, 200_000, true)]
    [InlineData(199_000, 200_000, true)]
    [InlineData(201_000, 200_000, false)]
    public async Task Content_is_read_again_while_it_is_kept(int pixelBytes, int keptBytes, bool expected)
    {
        using var content = new ReplayableContent("one", new TestContent(PartTen.File(pixelBytes: pixelBytes)), keptBytes);
        await PartTenFile.ReadAsync(content, default);
        var (first, second) = (new byte[300_000], new byte[300_000]);
        var count = await content.FillAsync(first, default);

        Assert.Equal(expected, content.TryRewind());

        Assert.Equal(expected ? count : 0, await content.FillAsync(second, default));
        Assert.Equal(expected ? first : new byte[300_000], second);
    }

    [Fact(Timeout = 60_000)]
    public async Task Content_that_was_read_in_part_continues_behind_what_is_kept()
    {
        using var content = new ReplayableContent("one", new TestContent(PartTen.File(pixelBytes: 200_000)), 100_000);
        await PartTenFile.ReadAsync(content, default);
        var (part, whole) = (new byte[50_000], new byte[300_000]);
        await content.FillAsync(part, default);

        Assert.True(content.TryRewind());

        var count = await content.FillAsync(whole, default);
        Assert.Equal(PartTen.DataSet(PartTen.CtImageStorage, "1.2.3.4.5.6", 200_000), whole[..count]);
        Assert.False(content.TryRewind());
    }
}
