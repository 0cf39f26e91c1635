using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Saving.Receipts;

public sealed class StudyReceiptsTests : IDisposable
{
    private static readonly DateTime Written = new(2026, 3, 1, 12, 0, 0, 123, DateTimeKind.Utc);
    private static readonly SeriesInfo Series = TestSeries.Of("1.2", "1.2.3", 10);

    // As version 1.0 wrote them.
    private const string OldReceipts =
        "436f6452657472696576652072656365697074732c2076657273696f6e20312e2053656520646f63732f6465636973696f6e732f303031342e0d0a000000000001000000000000000000000000000000"
        + "000000000000000000000000000000000000000000000000402aa4690000000000000000aaaa0000010000008a6e93dce8030000000000000000000000000000e8030000000000000500000000000000"
        + "b0e49e108a77de08402aa4690000000000000000aaaa0000020000008098edf1e9030000000000000000000000000000e9030000000000000500000000000000b0e49e108a77de08402aa46901000000"
        + "00000000aaaa000003000000a2bf4ecbea030000000000000000000000000000ea030000000000000500000000000000b0e49e108a77de08402aa4690200000000000000aaaa00000200000045f5cc3b"
        + "ea030000000000000000000000000000000000000000000000000000000000000000000000000000402aa4690000000000000000aaaa00000400000042995d8800000000000000000000000000000000"
        + "000000000000000000000000000000000000000000000000402aa4690000000000000000aaaa00000500000022fb0ad2";

    private readonly SavingFolder _folder = new();

    private string FilePath => _folder["receipts"];

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task What_a_run_added_is_known_to_the_next_one()
    {
        await SaveAsync(0, 10, isDurable: true);

        using var read = Read(bootId: 2);
        for (var i = 0; i < 10; i++)
        {
            var receipt = read.Find(Name(i))!.Value;
            Assert.Equal((ReceiptKind.Saved, (uint)i, 1000L + i, Written, true), (receipt.Kind, receipt.Crc32c, receipt.SizeBytes, receipt.LastWriteUtc, receipt.IsTrusted));
            Assert.True(receipt.IsOf(new FoundFile(1000 + i, Written)));
        }

        Assert.Null(read.Find(Name(10)));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task What_was_not_made_durable_is_trusted_until_the_system_starts_again(int boot, bool isTrusted)
    {
        await SaveAsync(0, 3, isDurable: true);
        await SaveAsync(3, 6, isDurable: false, owner: "0000bbbb");

        using var read = Read(bootId: (UInt128)boot);
        Assert.All(Enumerable.Range(0, 3), i => Assert.True(read.Find(Name(i))!.Value.IsTrusted));
        Assert.All(Enumerable.Range(3, 3), i => Assert.Equal(isTrusted, read.Find(Name(i))!.Value.IsTrusted));
    }

    [Fact(Timeout = 30_000)]
    public async Task Where_the_system_tells_no_boot_nothing_is_trusted_that_was_not_made_durable()
    {
        await SaveAsync(0, 3, isDurable: false, isBootKnown: false);

        using var read = Read(bootId: null);
        Assert.False(read.Find(Name(0))!.Value.IsTrusted);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_is_cut_off_or_damaged_at_any_byte_never_tells_more_than_was_saved()
    {
        await SaveAsync(0, 4, isDurable: true);
        await SaveAsync(2, 6, isDurable: false, owner: "0000bbbb", crcOffset: 100);
        var whole = await File.ReadAllBytesAsync(FilePath);
        for (var at = 0; at < whole.Length; at++)
        {
            await File.WriteAllBytesAsync(FilePath, whole[..at]);
            AssertNothingInvented();
            var flipped = whole.ToArray();
            flipped[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(FilePath, flipped);
            AssertNothingInvented();
        }

        // What is damaged is written over, and what is added behind it counts.
        await File.WriteAllBytesAsync(FilePath, whole[..^30]);
        await SaveAsync(8, 9, isDurable: true, owner: "0000cccc");
        using var read = Read(bootId: 3);
        Assert.True(read.Find(Name(8))!.Value.IsTrusted);
        Assert.True(read.Find(Name(0))!.Value.IsTrusted);

        void AssertNothingInvented()
        {
            using var damaged = Read(bootId: 3);
            for (var i = 0; i < 10; i++)
            {
                if (damaged.Find(Name(i)) is { IsTrusted: true } receipt)
                {
                    Assert.True(i < 4 && receipt.Crc32c == i, $"A receipt of {i} says {receipt.Crc32c}.");
                }
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task What_was_removed_is_not_known_any_more()
    {
        await SaveAsync(0, 3, isDurable: true);
        using (var receipts = Read(bootId: 1, owner: "0000bbbb"))
        {
            receipts.AddRemoved(Name(1));
            await receipts.CompleteAsync(() => ValueTask.CompletedTask);
        }

        using var read = Read(bootId: 2);
        Assert.Null(read.Find(Name(1)));
        Assert.NotNull(read.Find(Name(2)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_that_grew_past_twice_its_content_is_written_again_with_the_same_meaning()
    {
        for (var round = 0; round < 40; round++)
        {
            await SaveAsync(0, 10, isDurable: true, owner: $"{round + 1:x8}", crcOffset: (uint)round);
        }

        Assert.InRange(new FileInfo(FilePath).Length, 1, 64 * 64);
        using var read = Read(bootId: 2);
        Assert.All(Enumerable.Range(0, 10), i => Assert.Equal(((uint)i + 39, true), (read.Find(Name(i))!.Value.Crc32c, read.Find(Name(i))!.Value.IsTrusted)));
        Assert.Equal(["receipts"], _folder.Files());
    }

    [Fact(Timeout = 30_000)]
    public async Task Receipts_that_cannot_be_read_or_written_are_logged_and_harm_nothing()
    {
        Directory.CreateDirectory(FilePath);
        var logger = new ListLogger();

        using (var receipts = StudyReceipts.Read(FilePath, "0000aaaa", Options(1, logger)))
        {
            receipts.Add(ReceiptKind.Saved, Name(0), Series.Instances[0], new FoundFile(1000, Written), 0);
            await receipts.CompleteAsync(() => ValueTask.CompletedTask);
            Assert.NotNull(receipts.Find(Name(0)));
        }

        Assert.Contains(logger.Entries, entry => entry.Message.Contains("could not be", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_a_transform_made_is_known_to_the_next_run_with_both_checksums_and_as_soon_as_it_is_added()
    {
        using var receipts = Read(bootId: 1);
        Transform(receipts, 0, 3);

        using (var killed = Read(bootId: 1, owner: "0000bbbb"))
        {
            Assert.All(Enumerable.Range(0, 3), i => AssertTransformed(killed, i));
            Assert.Equal(7UL, killed.FindTransform());
        }

        await receipts.CompleteAsync(() => ValueTask.CompletedTask);
        using var read = Read(bootId: 2);
        Assert.All(Enumerable.Range(0, 3), i => AssertTransformed(read, i));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_transform_made_is_known_whole_or_not_at_all_wherever_the_file_is_damaged()
    {
        await SaveAsync(0, 2, isDurable: true);
        using (var receipts = Read(bootId: 1, owner: "0000bbbb"))
        {
            Transform(receipts, 0, 4);
            await receipts.CompleteAsync(() => ValueTask.CompletedTask);
        }

        var whole = await File.ReadAllBytesAsync(FilePath);
        var lost = 0;
        for (var at = 0; at < whole.Length; at++)
        {
            var flipped = whole.ToArray();
            flipped[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(FilePath, flipped);
            AssertWholeOrNothing();
            await File.WriteAllBytesAsync(FilePath, whole[..at]);
            AssertWholeOrNothing();
        }

        Assert.InRange(lost, 4, whole.Length * 8);

        void AssertWholeOrNothing()
        {
            using var damaged = Read(bootId: 3);
            for (var i = 0; i < 4; i++)
            {
                if (damaged.Find(Name(i)) is not { IsTrusted: true } receipt)
                {
                    lost++;
                }
                else if (receipt.Origin is not null)
                {
                    AssertTransformed(damaged, i);
                }
                else
                {
                    // That of before it was transformed.
                    Assert.Equal((true, (uint)i), (i < 2, receipt.Crc32c));
                }
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_with_what_a_transform_made_is_written_again_with_the_same_meaning()
    {
        for (var round = 0; round < 40; round++)
        {
            using var receipts = Read(bootId: 1, owner: $"{round + 1:x8}");
            Transform(receipts, 0, 10);
            await receipts.CompleteAsync(() => ValueTask.CompletedTask);
        }

        Assert.InRange(new FileInfo(FilePath).Length, 1, 128 * 64);
        using var read = Read(bootId: 2);
        Assert.All(Enumerable.Range(0, 10), i => AssertTransformed(read, i));
    }

    [Fact(Timeout = 30_000)]
    public async Task Receipts_that_version_1_0_wrote_are_read()
    {
        // A run, an instance that was saved, one that was adopted, one that was removed, and the end of the run.
        await File.WriteAllBytesAsync(FilePath, Convert.FromHexString(OldReceipts));

        using var read = Read(bootId: 2);
        var saved = read.Find(Name(0))!.Value;
        Assert.Equal((ReceiptKind.Saved, 1000L, Written, 0u, true), (saved.Kind, saved.SizeBytes, saved.LastWriteUtc, saved.Crc32c, saved.IsTrusted));
        Assert.Equal((ReceiptKind.Adopted, 1001L, 1u), (read.Find(Name(1))!.Value.Kind, read.Find(Name(1))!.Value.SizeBytes, read.Find(Name(1))!.Value.Crc32c));
        Assert.Null(read.Find(Name(2)));
        Assert.Null(saved.Origin);
        Assert.Null(read.FindTransform());
    }

    [LinuxFact(Timeout = 30_000)]
    public async Task A_link_in_their_place_is_not_followed()
    {
        var target = _folder.Write("outside", [1, 2, 3]);
        File.CreateSymbolicLink(FilePath, target);

        await SaveAsync(0, 3, isDurable: true);

        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(target));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-123, true)]
    [InlineData(877, true)]
    [InlineData(1877, true)]
    [InlineData(1, false)]
    [InlineData(2877, false)]
    public void A_time_counts_as_the_same_only_where_the_file_system_may_have_cut_it_off(int milliseconds, bool isSame)
    {
        var receipt = new Receipt(ReceiptKind.Saved, 1, 1) { SizeBytes = 5, LastWriteUtc = Written };

        Assert.Equal(isSame, receipt.IsOf(new FoundFile(5, Written.AddMilliseconds(milliseconds))));
    }

    private static void Transform(StudyReceipts receipts, int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            receipts.Add(ReceiptKind.Saved, Name(i), Series.Instances[i], new FoundFile(2000 + i, Written) { Crc32 = 5 }, (uint)(500 + i), new TransformOrigin(7, (uint)(900 + i)));
        }
    }

    private static void AssertTransformed(StudyReceipts receipts, int i)
    {
        var receipt = receipts.Find(Name(i))!.Value;
        Assert.Equal(
            (ReceiptKind.Transformed, (uint)(500 + i), 2000L + i, 5u, Written, (TransformOrigin?)new TransformOrigin(7, (uint)(900 + i)), true),
            (receipt.Kind, receipt.Crc32c, receipt.SizeBytes, receipt.Crc32, receipt.LastWriteUtc, receipt.Origin, receipt.IsTrusted));
    }

    private static UInt128 Name(int i) => (UInt128)(1000 + i);

    private static SavingOptions Options(UInt128? bootId, ListLogger? logger = null) =>
        new SavingOptions { BootId = bootId, LoggerFactory = logger ?? new ListLogger() }.Validated();

    private StudyReceipts Read(UInt128? bootId, string owner = "0000aaaa") => StudyReceipts.Read(FilePath, owner, Options(bootId));

    private async Task SaveAsync(int first, int end, bool isDurable, string owner = "0000aaaa", uint crcOffset = 0, bool isBootKnown = true)
    {
        using var receipts = Read(isBootKnown ? 1 : null, owner);
        for (var i = first; i < end; i++)
        {
            receipts.Add(ReceiptKind.Saved, Name(i), Series.Instances[i], new FoundFile(1000 + i, Written), (uint)i + crcOffset);
        }

        await receipts.CompleteAsync(isDurable ? () => ValueTask.CompletedTask : null);
    }
}
