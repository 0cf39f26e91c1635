using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Reliability.Hostile;

/// <summary>Tars that somebody wrote to do harm, walked because their index gives no offsets.</summary>
public sealed class HostileTarTests
{
    private static readonly byte[] Three = TarBlocks.File("instances/3.dcm", HostileStore.A);
    private static readonly byte[] Four = TarBlocks.File("instances/4.dcm", HostileStore.B);

    public static TheoryData<string, byte[], string> Tars => new()
    {
        { "a link with an instance's name", [.. TarBlocks.Header("instances/3.dcm", 0, '2'), .. Three, .. Four], "3 4" },
        { "a hard link with an instance's name", [.. TarBlocks.Header("instances/3.dcm", 0, '1'), .. Three, .. Four], "3 4" },
        { "devices and pipes", [.. TarBlocks.Header("instances/3.dcm", 0, '3'), .. TarBlocks.Header("instances/3.dcm", 0, '4'), .. TarBlocks.Header("x", 0, '6'), .. Three, .. Four], "3 4" },
        { "a sparse file", [.. TarBlocks.Header("instances/3.dcm", 1_000, 'S'), .. TarBlocks.Padded(HostileStore.A), .. Four], "4" },
        { "a directory with data", [.. TarBlocks.Header("instances/3.dcm", 1_000_000, '5'), .. Three, .. Four], "3 4" },
        { "names that lead out", [.. TarBlocks.File("../../../tmp/x", HostileStore.A), .. TarBlocks.File("/tmp/x", HostileStore.A), .. Three, .. Four], "3 4" },
        { "a duplicate with other bytes before", [.. TarBlocks.File("instances/3.dcm", Bytes.Random(1_000, seed: 8)), .. Three, .. Four], "3 4" },
        { "a duplicate with other bytes behind", [.. Three, .. TarBlocks.File("instances/3.dcm", Bytes.Random(1_000, seed: 8)), .. Four], "3 4" },
        { "a duplicate of another size", [.. TarBlocks.File("instances/3.dcm", Bytes.Random(77)), .. Three, .. Four], "3 4" },
        { "another's bytes", [.. TarBlocks.File("instances/3.dcm", Bytes.Random(1_000, seed: 8)), .. Four], "4" },
        { "a negative size", [.. WithSize([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00]), .. Three, .. Four], "3 4" },
        { "a size that overflows", [.. WithSize([0x80, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), .. Three, .. Four], "3 4" },
        { "the largest octal size", [.. WithSize("777777777777"u8.ToArray()), .. Three, .. Four], "3 4" },
        { "a pax header of a gigabyte", [.. TarBlocks.Header("pax", 1L << 30, 'x'), .. Three, .. Four], "3 4" },
        { "a pax header of 16 MiB", [.. TarBlocks.Header("pax", 16 << 20, 'x'), .. new byte[16 << 20], .. Three, .. Four], "3 4" },
        { "a pax size that overflows", [.. TarBlocks.Pax("28 size=99999999999999999999\n"), .. Three, .. Four], "3 4" },
        { "a pax size that reaches over the next entry", [.. TarBlocks.Pax("13 size=2000\n"), .. Three, .. Four], "" },
        { "zeros, then the entries", [.. new byte[10_240], .. Three, .. new byte[1_024], .. Four], "3 4" },
        { "nothing but zeros", new byte[10_240], "" },
        { "cut off in the last entry", [.. Three, .. Four[..700]], "3" },
        { "empty", [], "" },
    };

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Tars), DisableDiscoveryEnumeration = true)]
    public async Task A_tar_harms_its_own_series_at_most(string hostile, byte[] tar, string saved)
    {
        _ = hostile;
        var store = new HostileStore();
        store.PutTar(tar);
        store.PutIndex(HostileStore.Index("2", HostileStore.Entry("3", HostileStore.A, -1) + "," + HostileStore.Entry("4", HostileStore.B, -1)));

        var (result, found) = await store.RetrieveAsync();

        Assert.Equal(saved, found);
        Assert.Equal(2 - found.Replace(" ", "", StringComparison.Ordinal).Length, result.InstancesFailed);
    }

    private static byte[] WithSize(byte[] size)
    {
        var block = TarBlocks.Header("instances/3.dcm", 0);
        size.CopyTo(block, 124);
        return TarBlocks.Sum(block);
    }
}
