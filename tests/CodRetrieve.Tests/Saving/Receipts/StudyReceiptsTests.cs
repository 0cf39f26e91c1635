using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Saving.Receipts;

public sealed class StudyReceiptsTests : IDisposable
{
    private static readonly DateTime Written = new(2026, 3, 1, 12, 0, 0, 123, DateTimeKind.Utc);
    private static readonly SeriesInfo Series = TestSeries.Of("1.2", "1.2.3", 10);

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
