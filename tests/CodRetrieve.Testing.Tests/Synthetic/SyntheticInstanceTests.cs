using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CodRetrieve.Testing.Tests;

public sealed class SyntheticInstanceTests
{
    private static async Task<byte[]> BytesAsync(SyntheticSeriesOptions options, int index = 0, bool hashed = false) =>
        await new SyntheticStudy("1.2.3", seed: 7, hashed).AddSeries(options).Instances[index].Content.ReadAllAsync();

    private static Dictionary<uint, byte[]> Parse(byte[] file)
    {
        Assert.All(file[..128], b => Assert.Equal(0, b));
        Assert.Equal("DICM", Encoding.ASCII.GetString(file, 128, 4));
        var elements = new Dictionary<uint, byte[]>();
        uint last = 0;
        for (var at = 132; at < file.Length;)
        {
            var tag = ((uint)BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at)) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at + 2));
            Assert.True(tag > last);
            last = tag;
            var isLong = Encoding.ASCII.GetString(file, at + 4, 2) is "OB" or "OW" or "UN";
            var length = isLong
                ? (int)BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8))
                : BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at + 6));
            Assert.Equal(0, length % 2);
            at += isLong ? 12 : 8;
            elements.Add(tag, file[at..(at + length)]);
            at += length;
        }

        return elements;
    }

    private static string Text(byte[] value) => Encoding.ASCII.GetString(value).TrimEnd('\0', ' ');

    [Theory(Timeout = 60_000)]
    [InlineData(900)]
    [InlineData(1_000)]
    [InlineData(1_002)]
    [InlineData(33_000)]
    [InlineData(33_872)]
    [InlineData(65_538)]
    [InlineData(9_999_998)]
    public async Task Is_a_part_10_file_of_the_exact_size(int size)
    {
        var file = await BytesAsync(new() { InstanceSizeBytes = size, InstanceCount = 12 }, index: 11);
        Assert.Equal(size, file.Length);
        var elements = Parse(file);
        Assert.Equal("1.2.840.10008.1.2.1", Text(elements[0x0002_0010]));
        Assert.Equal("1.2.840.10008.5.1.4.1.1.2", Text(elements[0x0008_0016]));
        Assert.Equal(Text(elements[0x0002_0003]), Text(elements[0x0008_0018]));
        Assert.Equal("1.2.3", Text(elements[0x0020_000D]));
        Assert.Equal("12", Text(elements[0x0020_0013]));
        var meta = elements.Where(element => element.Key is > 0x0002_0000 and < 0x0003_0000)
            .Sum(element => element.Value.Length + (element.Key == 0x0002_0001 ? 12 : 8));
        Assert.Equal(meta, (int)BinaryPrimitives.ReadUInt32LittleEndian(elements[0x0002_0000]));
        int rows = BinaryPrimitives.ReadUInt16LittleEndian(elements[0x0028_0010]), columns = BinaryPrimitives.ReadUInt16LittleEndian(elements[0x0028_0011]);
        Assert.Equal(rows * columns * 2, elements[0x7FE0_0010].Length);
    }

    [Fact(Timeout = 60_000)]
    public async Task Is_whole_at_every_small_size()
    {
        for (var size = 860; size < 1400; size += 2)
        {
            Parse(await BytesAsync(new() { InstanceSizeBytes = size }));
        }
    }

    [Fact]
    public void Refuses_an_odd_a_tiny_and_a_huge_size()
    {
        var study = new SyntheticStudy();
        Assert.Throws<ArgumentException>(() => study.AddSeries(new() { InstanceSizeBytes = 33_001 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => study.AddSeries(new() { InstanceSizeBytes = 500 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => study.AddSeries(new() { InstanceSizeBytes = 5L << 30 }));
        Assert.Empty(study.Series);
        Assert.Equal(33_001, study.AddSeries(new() { InstanceSizeBytes = 33_001, AllowTrailingByte = true }).Instances[0].SizeBytes);
    }

    [Fact(Timeout = 30_000)]
    public async Task Gives_the_same_bytes_at_any_offset_and_in_any_run()
    {
        var options = new SyntheticSeriesOptions { InstanceSizeBytes = 50_002 };
        var whole = await BytesAsync(options);
        Assert.Equal(whole, await BytesAsync(options));
        var instance = new SyntheticStudy("1.2.3", seed: 7).AddSeries(options).Instances[0];
        for (var offset = 0; offset < whole.Length; offset += 613)
        {
            var slice = new byte[Math.Min(701, whole.Length - offset)];
            await instance.Content.ReadAsync(offset, slice);
            Assert.Equal(whole[offset..(offset + slice.Length)], slice);
        }

        Assert.Equal(Convert.ToHexString(SHA256.HashData(whole)), instance.Sha256, ignoreCase: true);
    }

    [Fact(Timeout = 30_000)]
    public async Task Differs_from_its_neighbours_and_under_another_seed()
    {
        SyntheticInstance[] all = [.. new SyntheticStudy(seed: 1).AddSeries().Instances, .. new SyntheticStudy(seed: 2).AddSeries().Instances];
        Assert.Equal(all.Length, all.DistinctBy(instance => instance.Sha256, StringComparer.Ordinal).Count());
        Assert.Equal(all.Length, all.DistinctBy(instance => instance.SopInstanceUid, StringComparer.Ordinal).Count());
        Assert.All(all, instance => Assert.Matches(@"^2\.25\.[1-9]\d{30,38}$", instance.SopInstanceUid));
        Assert.NotEqual(await all[0].Content.ReadAllAsync(), await all[10].Content.ReadAllAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Keeps_its_original_uids_inside_where_they_are_hashed()
    {
        var study = new SyntheticStudy(seed: 4, hashed: true);
        var instance = study.AddSeries().Instances[0];
        var elements = Parse(await instance.Content.ReadAllAsync());
        Assert.Equal(instance.OriginalSopInstanceUid, Text(elements[0x0008_0018]));
        Assert.NotEqual(instance.SopInstanceUid, instance.OriginalSopInstanceUid, StringComparer.Ordinal);
        Assert.NotEqual(study.StudyInstanceUid, Text(elements[0x0020_000D]), StringComparer.Ordinal);
    }
}
