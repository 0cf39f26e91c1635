using System.Formats.Tar;
using System.Security.Cryptography;

namespace CodRetrieve.Testing.Tests;

public sealed class SyntheticTarTests
{
    private static async Task<List<(string Name, string Sha256)>> ReadAsync(IObjectContent tar)
    {
        var entries = new List<(string, string)>();
        await using var stream = tar.OpenRead();
        await using var reader = new TarReader(stream);
        while (await reader.GetNextEntryAsync() is { } entry)
        {
            Assert.Equal(TarEntryType.RegularFile, entry.EntryType);
            Assert.Equal(TarEntryFormat.Pax, entry.Format);
            entries.Add((entry.Name, Convert.ToHexString(await SHA256.HashDataAsync(entry.DataStream!)).ToLowerInvariant()));
        }

        return entries;
    }

    private static SyntheticSeries Series(SyntheticSeriesOptions options) => new SyntheticStudy(seed: 7).AddSeries(options);

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Holds_every_instance_under_its_name(bool scrambled)
    {
        var series = Series(new() { InstanceSizes = [33_872, 1024, 5_000, 262_146, 4098], ScrambledOrder = scrambled });
        var inTarOrder = series.Instances.OrderBy(instance => instance.StartByte).ToList();
        Assert.Equal(scrambled, !inTarOrder.SequenceEqual(series.Instances));
        Assert.Equal(inTarOrder.ConvertAll(instance => (instance.EntryName, instance.Sha256)), await ReadAsync(series.Tar));
        Assert.Equal(1536, inTarOrder[0].StartByte);
        Assert.Equal(0, series.Tar.Length % 10_240);
        Assert.True(series.Tar.Length - inTarOrder[^1].EndByte >= 1024);
    }

    [Fact(Timeout = 30_000)]
    public async Task Has_each_instance_at_its_offsets()
    {
        var series = Series(new() { InstanceSizes = [1025, 2047, 33_333], AllowTrailingByte = true, ScrambledOrder = true, UnlistedEntry = true });
        foreach (var instance in series.Instances)
        {
            await using var stored = series.Tar.OpenRead(instance.StartByte, instance.SizeBytes);
            Assert.Equal(instance.Sha256, Convert.ToHexString(await SHA256.HashDataAsync(stored)).ToLowerInvariant());
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Ends_for_a_tar_reader_at_a_zero_gap()
    {
        var series = Series(new() { InstanceCount = 5, ZeroGapAfter = 2 });
        Assert.Equal(2, (await ReadAsync(series.Tar)).Count);
        var last = series.Instances[4];
        await using var stored = series.Tar.OpenRead(last.StartByte, last.SizeBytes);
        Assert.Equal(last.Sha256, Convert.ToHexString(await SHA256.HashDataAsync(stored)).ToLowerInvariant());
    }

    [Fact(Timeout = 30_000)]
    public async Task Holds_only_the_first_when_stale()
    {
        var series = Series(new() { InstanceCount = 8, StaleTarCount = 4 });
        Assert.Equal(4, (await ReadAsync(series.Tar)).Count);
        Assert.Equal([true, true, true, true, false, false, false, false], series.Instances.Select(instance => instance.IsInTar));
        Assert.True(series.Instances[7].EndByte > series.Tar.Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task Has_an_entry_that_is_not_listed()
    {
        var series = Series(new() { InstanceCount = 4, UnlistedEntry = true });
        Assert.Equal(series.UnlistedInstance!.EntryName, (await ReadAsync(series.Tar))[2].Name);
        Assert.DoesNotContain(series.UnlistedInstance, series.Instances);
    }

    [Fact(Timeout = 30_000)]
    public async Task Has_one_wrong_bit_in_a_corrupt_instance()
    {
        var series = Series(new() { InstanceCount = 3, CorruptInstances = [1] });
        var stored = await ReadAsync(series.Tar);
        Assert.Equal([true, false, true], stored.Zip(series.Instances, (entry, instance) => entry.Sha256 == instance.Sha256));
        Assert.True(series.Instances[1].IsCorrupt);
    }
}
