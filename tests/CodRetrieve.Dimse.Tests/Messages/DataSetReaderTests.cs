using CodRetrieve.Dimse.Tests.Support;

namespace CodRetrieve.Dimse.Tests.Messages;

public sealed class DataSetReaderTests
{
    [Fact]
    public void Sequences_with_lengths_and_with_delimiters_are_read_also_nested_ones()
    {
        byte[] nested = [.. Open(0x0040_A170), .. Open(0xFFFE_E000), .. FakeArchive.Uid(0x0008_1155, "9.9"), .. Close(0xFFFE_E00D), .. Close(0xFFFE_E0DD)];
        byte[] dataSet = [
            .. FakeArchive.Uid(0x0008_1195, "2.25.1"),
            .. Open(0x0008_1199),
            .. Open(0xFFFE_E000), .. FakeArchive.Uid(0x0008_1150, "1.2"), .. FakeArchive.Uid(0x0008_1155, "1.2.3"), .. nested, .. Close(0xFFFE_E00D),
            .. FakeArchive.Element(0xFFFE_E000, [.. FakeArchive.Uid(0x0008_1155, "1.2.4 "), .. FakeArchive.Element(0x0008_0054, "ARCHIVE "u8.ToArray())]),
            .. FakeArchive.Element(0xFFFE_E000),
            .. Close(0xFFFE_E0DD)];

        var (transaction, report) = CommitmentReport.Read(dataSet)!.Value;

        Assert.Equal("2.25.1", transaction);
        Assert.Equal(["1.2.3", "1.2.4"], report.Committed.Order(StringComparer.Ordinal));
        Assert.Empty(report.Failed);
    }

    [Fact]
    public void An_instance_in_both_sequences_is_not_committed()
    {
        var (_, report) = CommitmentReport.Read(FakeArchive.Report("2.25.1", [("1.2", "1.2.3")], [("1.2", "1.2.3", 0x0110)]))!.Value;

        Assert.Empty(report.Committed);
        Assert.Equal(0x0110, report.Failed["1.2.3"]);
    }

    [Fact]
    public void Depth_without_end_is_refused()
    {
        byte[] deep = [.. Enumerable.Range(0, 5000).SelectMany(static i => Open(i % 2 == 0 ? 0x0008_1199u : 0xFFFE_E000))];

        Assert.Throws<AssociationException>(() => CommitmentReport.Read(deep));
    }

    [Fact]
    public void Whatever_is_changed_nothing_but_a_failure_is_thrown()
    {
        var random = new Random(1);
        var right = FakeArchive.Report("2.25.1", [("1.2", "1.2.3"), ("1.2", "1.2.4")], [("1.2", "1.2.5", 0x0110)]);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = right.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = CommitmentReport.Read(bytes.AsSpan(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length));
                read++;
            }
            catch (AssociationException)
            {
                refused++;
            }
        }

        Assert.InRange(read, 5_000, 45_000);
        Assert.InRange(refused, 5_000, 45_000);
    }

    private static byte[] Open(uint tag) => [(byte)(tag >> 16), (byte)(tag >> 24), (byte)tag, (byte)(tag >> 8), 0xFF, 0xFF, 0xFF, 0xFF];

    private static byte[] Close(uint tag) => FakeArchive.Element(tag);
}
