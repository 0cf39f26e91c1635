using System.Formats.Tar;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Transfer;

public sealed class TarScannerTests
{
    private static readonly byte[] A = Bytes.Random(700, seed: 1);
    private static readonly byte[] B = Bytes.Random(512, seed: 2);

    [Theory(Timeout = 30_000)]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public async Task Finds_what_the_platforms_own_writer_wrote(TarEntryFormat format)
    {
        var longName = format == TarEntryFormat.V7
            ? "instances/" + new string('n', 80)
            : "instances/" + new string('n', format == TarEntryFormat.Ustar ? 85 : 300);
        var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, format, leaveOpen: true))
        {
            foreach (var (name, data) in new[] { ("a.dcm", A), (longName, B), ("empty", []), ("last/\u00e4.dcm", A) })
            {
                var type = format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile;
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(type, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(type, name),
                    TarEntryFormat.Pax => new PaxTarEntry(type, name),
                    _ => new GnuTarEntry(type, name),
                };
                entry.DataStream = new MemoryStream(data);
                await writer.WriteEntryAsync(entry);
            }
        }

        AssertFound(await WalkAsync(tar.ToArray()), ("a.dcm", A), (longName, B), ("empty", []), ("last/\u00e4.dcm", A));
    }

    [Fact(Timeout = 30_000)]
    public async Task Finds_every_instance_of_the_cod_writers_layout()
    {
        var series = new SyntheticStudy().AddSeries(new SyntheticSeriesOptions { InstanceCount = 5, InstanceSizeBytes = 2_000, ZeroGapAfter = 2, UnlistedEntry = true });
        var found = await WalkAsync(await ReadTarAsync(series));
        Assert.Equal(6, found.Count);
        foreach (var instance in series.Instances)
        {
            Assert.Equal(await instance.OpenRead().ReadToEndAsync(), found.Single(entry => entry.Name == instance.EntryName).Data);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Goes_on_behind_zeros_and_garbage()
    {
        // Bytes of 0x80 where numbers are expected have their own meaning.
        byte[] tar = [.. TarBlocks.File("a", A), .. new byte[2_048], .. Bytes.Random(1_024), .. Enumerable.Repeat((byte)0x80, 512), .. TarBlocks.File("b", B), .. TarBlocks.End];
        AssertFound(await WalkAsync(tar), ("a", A), ("b", B));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tar_that_ends_without_zeros_is_read_to_its_end() =>
        AssertFound(await WalkAsync([.. TarBlocks.File("a", A), .. TarBlocks.Header("b", B.Length), .. B]), ("a", A), ("b", B));

    [Theory(Timeout = 30_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(511)]
    public async Task A_tar_too_short_for_an_entry_has_none(int length) => Assert.Empty(await WalkAsync(TarBlocks.File("a", A)[..length]));

    [Fact(Timeout = 30_000)]
    public async Task An_entry_that_is_cut_off_is_not_given() =>
        AssertFound(await WalkAsync([.. TarBlocks.File("a", A), .. TarBlocks.Header("b", B.Length), .. B[..511]]), ("a", A));

    [Fact(Timeout = 30_000)]
    public async Task A_size_beyond_the_tar_hides_no_later_entry() =>
        AssertFound(await WalkAsync([.. TarBlocks.Header("huge", 8_000_000_000), .. TarBlocks.File("a", A)]), ("a", A));

    [Fact(Timeout = 30_000)]
    public async Task A_binary_size_at_its_limit_does_no_harm()
    {
        var huge = TarBlocks.Header("huge", 0);
        new byte[] { 0x80, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }.CopyTo(huge, 124);
        AssertFound(await WalkAsync([.. TarBlocks.Sum(huge), .. TarBlocks.File("a", A)]), ("a", A));
    }

    [Fact(Timeout = 30_000)]
    public async Task Takes_name_and_size_from_an_extended_header() =>
        AssertFound(
            await WalkAsync([.. TarBlocks.Pax("17 path=long.dcm\n12 size=700\n20 comment=whatever\n"), .. TarBlocks.Header("short", 0), .. TarBlocks.Padded(A), .. TarBlocks.File("b", B)]),
            ("long.dcm", A),
            ("b", B));

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("path=x\n")]
    [InlineData("0 path=x\n")]
    [InlineData("2 \n")]
    [InlineData("16 path=long.dcm\n")]
    [InlineData("-9 path=x\n")]
    [InlineData("999 path=x\n")]
    [InlineData("2147483647 path=x\n")]
    [InlineData("99999999999 path=x\n")]
    [InlineData("12 size=-10\n")]
    [InlineData("12 size=1x0\n")]
    [InlineData("29 size=99999999999999999999\n")]
    [InlineData("9 =value\n")]
    public async Task An_extended_header_that_makes_no_sense_changes_nothing(string records) =>
        AssertFound(await WalkAsync([.. TarBlocks.Pax(records), .. TarBlocks.File("a", A)]), ("a", A));

    [Fact(Timeout = 30_000)]
    public async Task An_extended_size_beyond_the_tar_skips_the_entry_only() =>
        AssertFound(
            await WalkAsync([.. TarBlocks.Pax("28 size=9223372036854775807\n"), .. TarBlocks.Header("x", 0), .. TarBlocks.File("a", A)]), ("a", A));

    [Fact(Timeout = 30_000)]
    public async Task An_extended_header_above_the_bound_is_passed_over()
    {
        var records = $"70013 path=x{new string('y', 70_000)}\n";
        AssertFound(await WalkAsync([.. TarBlocks.Pax(records), .. TarBlocks.File("a", A), .. TarBlocks.File("b", B)]), ("a", A), ("b", B));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_extended_header_counts_for_one_entry() =>
        AssertFound(
            await WalkAsync([.. TarBlocks.Pax("10 path=x\n"), .. TarBlocks.Header("dir", 0, '5'), .. TarBlocks.File("a", A)]), ("a", A));

    [Theory(Timeout = 30_000)]
    [InlineData('1')]
    [InlineData('2')]
    [InlineData('3')]
    [InlineData('4')]
    [InlineData('5')]
    [InlineData('6')]
    public async Task Links_devices_and_directories_are_no_files(char type) =>
        AssertFound(await WalkAsync([.. TarBlocks.Header("a", 0, type), .. TarBlocks.File("b", B)]), ("b", B));

    [Theory(Timeout = 30_000)]
    [InlineData('2')]
    [InlineData('3')]
    [InlineData('4')]
    [InlineData('5')]
    [InlineData('6')]
    public async Task What_has_no_data_hides_no_entry_by_its_size(char type) =>
        AssertFound(await WalkAsync([.. TarBlocks.Header("a", 600, type), .. TarBlocks.File("b", B), .. TarBlocks.File("c", A)]), ("b", B), ("c", A));

    [Theory(Timeout = 30_000)]
    [InlineData('g')]
    [InlineData('K')]
    [InlineData('V')]
    public async Task The_data_of_other_entries_is_passed_over(char type) =>
        AssertFound(await WalkAsync([.. TarBlocks.Header("a", 1_024, type), .. TarBlocks.File("inner", B), .. TarBlocks.File("b", B)]), ("b", B));

    [Theory(Timeout = 30_000)]
    [InlineData("./a/b.dcm")]
    [InlineData("././/a/b.dcm")]
    [InlineData(".//a/b.dcm")]
    public async Task A_name_is_found_behind_the_folder_that_other_tools_write_in_front(string name) =>
        AssertFound(await WalkAsync(TarBlocks.File(name, A)), ("a/b.dcm", A));

    [Theory(Timeout = 30_000)]
    [InlineData("../a")]
    [InlineData(".a")]
    [InlineData("x/./a")]
    public async Task Other_names_are_as_they_are(string name) => AssertFound(await WalkAsync(TarBlocks.File(name, A)), (name, A));

    [Fact(Timeout = 30_000)]
    public async Task A_name_that_comes_twice_is_given_twice() =>
        AssertFound(await WalkAsync([.. TarBlocks.File("a", A), .. TarBlocks.File("a", B)]), ("a", A), ("a", B));

    [Fact(Timeout = 30_000)]
    public async Task Data_that_nobody_reads_is_skipped()
    {
        var tar = new MemoryTar([.. TarBlocks.File("a", Bytes.Random(9_000_000)), .. TarBlocks.File("b", B)]);
        Assert.Equal("a b", string.Join(' ', (await tar.WalkAsync(readData: false)).Select(entry => entry.Name)));
        Assert.Equal(2, tar.Store.Opened);
    }

    private static async Task<List<(string Name, byte[] Data)>> WalkAsync(byte[] tar)
    {
        var memory = new MemoryTar(tar);
        return await memory.WalkAsync();
    }

    private static void AssertFound(List<(string Name, byte[] Data)> found, params (string Name, byte[] Data)[] expected)
    {
        Assert.Equal(string.Join('|', expected.Select(entry => entry.Name)), string.Join('|', found.Select(entry => entry.Name)));
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Data, found[i].Data);
        }
    }

    private static async Task<byte[]> ReadTarAsync(SyntheticSeries series)
    {
        var tar = new byte[series.Tar.Length];
        await series.Tar.ReadAsync(0, tar);
        return tar;
    }
}
