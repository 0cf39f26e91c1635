using CodRetrieve.Tests.Support;
using CodRetrieve.Transfer;

namespace CodRetrieve.Tests.Transfer;

public sealed class TarHeaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(511)]
    [InlineData(8_589_934_591)]
    public void Reads_octal_sizes(long size) => Assert.Equal(new TarHeader("a.dcm", size, (byte)'0'), Parse(TarBlocks.Header("a.dcm", size)));

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, 1)]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0 }, 8_589_934_592)]
    [InlineData(new byte[] { 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, long.MaxValue)]
    public void Reads_binary_sizes(byte[] number, long size) => Assert.Equal(size, Parse(WithSize([0x80, .. number])).Size);

    [Theory]
    [InlineData(new byte[] { 0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x81, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 })]
    public void Refuses_sizes_that_are_negative_or_too_large(byte[] number) => AssertNone(WithSize(number));

    [Theory]
    [InlineData("00000000018\0")]
    [InlineData("-0000000001\0")]
    [InlineData("0x000000001\0")]
    [InlineData("000000 0001\0")]
    public void Refuses_sizes_that_are_no_octal_number(string size) => AssertNone(WithSize(System.Text.Encoding.ASCII.GetBytes(size)));

    [Fact]
    public void Reads_numbers_padded_with_spaces() => Assert.Equal(8, Parse(WithSize("         10 "u8.ToArray())).Size);

    [Fact]
    public void Refuses_a_block_of_which_any_bit_differs()
    {
        var block = TarBlocks.Header("instances/1.2.dcm", 1_234);
        for (var i = 0; i < block.Length; i++)
        {
            if (i is >= 148 and < 156)
            {
                continue;
            }

            var damaged = (byte[])block.Clone();
            damaged[i] ^= 4;
            AssertNone(damaged);
        }
    }

    [Fact]
    public void Refuses_zeros() => AssertNone(new byte[512]);

    [Fact]
    public void Anything_at_all_in_place_of_the_checksum_does_no_harm()
    {
        var block = TarBlocks.Header("a", 1);
        for (var first = 0; first < 256; first++)
        {
            block.AsSpan(148, 8).Clear();
            block[148] = (byte)first;
            AssertNone(block);
        }
    }

    [Fact]
    public void Random_blocks_are_no_headers()
    {
        var random = new Random(1);
        var block = new byte[512];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(block);
            AssertNone(block);
        }
    }

    [Fact]
    public void Joins_the_prefix_of_ustar() => Assert.Equal("p/q/a.dcm", Parse(TarBlocks.Header("a.dcm", 1, prefix: "p/q")).Name);

    [Fact]
    public void Leaves_the_prefix_of_other_formats() => Assert.Equal("a.dcm", Parse(TarBlocks.Header("a.dcm", 1, prefix: "p/q", ustar: false)).Name);

    [Fact]
    public void Reads_a_name_that_fills_its_field() => Assert.Equal(new string('n', 100), Parse(TarBlocks.Header(new string('n', 100), 1)).Name);

    [Theory]
    [InlineData('0', true)]
    [InlineData('\0', true)]
    [InlineData('7', true)]
    [InlineData('1', false)]
    [InlineData('2', false)]
    [InlineData('5', false)]
    [InlineData('x', false)]
    [InlineData('g', false)]
    public void Knows_files_by_their_type(char type, bool isFile) => Assert.Equal(isFile, Parse(TarBlocks.Header("a", 1, type)).IsFile);

    private static byte[] WithSize(byte[] size)
    {
        var block = TarBlocks.Header("a", 0);
        size.CopyTo(block, 124);
        return TarBlocks.Sum(block);
    }

    private static TarHeader Parse(byte[] block)
    {
        Assert.True(TarHeader.TryParse(block, out var header));
        return header;
    }

    private static void AssertNone(byte[] block) => Assert.False(TarHeader.TryParse(block, out _));
}
