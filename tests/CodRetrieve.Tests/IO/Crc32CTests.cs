using CodRetrieve.IO;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.IO;

public sealed class Crc32CTests
{
    /// <summary>RFC 3720, appendix B.4, and the check value of the CRC catalogues.</summary>
    public static TheoryData<byte[], uint> Vectors => new()
    {
        { [], 0 },
        { "123456789"u8.ToArray(), 0xE3069283 },
        { new byte[32], 0x8A9136AA },
        { Enumerable.Repeat((byte)0xFF, 32).ToArray(), 0x62A8AB43 },
        { Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), 0x46DD794E },
        { Enumerable.Range(0, 32).Select(i => (byte)(31 - i)).ToArray(), 0x113FDB5C },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Gives_the_published_values(byte[] bytes, uint crc) => Assert.Equal(crc, Crc32C.Append(0, bytes));

    [Fact]
    public void Every_split_equals_the_whole()
    {
        var bytes = Bytes.Random(259);
        var whole = Crc32C.Append(0, bytes);
        for (var i = 0; i <= bytes.Length; i++)
        {
            Assert.Equal(whole, Crc32C.Append(Crc32C.Append(0, bytes.AsSpan(0, i)), bytes.AsSpan(i)));
        }
    }

    [Theory]
    [InlineData(6_143)]
    [InlineData(6_144)]
    [InlineData(6_145)]
    [InlineData(12_287)]
    [InlineData(12_288)]
    [InlineData(100_003)]
    public void Large_inputs_give_what_one_byte_at_a_time_gives(int length)
    {
        var bytes = Bytes.Random(length);
        var expected = Crc32C.Append(0x12345678, []);
        foreach (var value in bytes)
        {
            expected = Crc32C.Append(expected, [value]);
        }

        Assert.Equal(expected, Crc32C.Append(0x12345678, bytes));
    }

    [Fact]
    public void The_place_in_memory_does_not_matter()
    {
        var bytes = Bytes.Random(100);
        var whole = Crc32C.Append(0, bytes);
        for (var shift = 1; shift < 16; shift++)
        {
            var moved = new byte[bytes.Length + shift];
            bytes.CopyTo(moved, shift);
            Assert.Equal(whole, Crc32C.Append(0, moved.AsSpan(shift)));
        }
    }

    [Fact]
    public void Formats_and_parses_the_big_endian_base64_of_cloud_storage()
    {
        Assert.Equal("4waSgw==", Crc32C.Format(0xE3069283));
        Assert.True(Crc32C.TryParse("4waSgw==", out var crc));
        Assert.Equal(0xE3069283, crc);
    }

    [Theory]
    [InlineData("")]
    [InlineData("4waSgw")]
    [InlineData("4waS")]
    [InlineData("4waSgwA=")]
    [InlineData("4waSgw==4waSgw==")]
    [InlineData("????????")]
    public void Refuses_what_is_not_four_bytes(string text) => Assert.False(Crc32C.TryParse(text, out _));
}
