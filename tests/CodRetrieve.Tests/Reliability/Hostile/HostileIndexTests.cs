using System.IO.Compression;
using System.Text;

namespace CodRetrieve.Tests.Reliability.Hostile;

/// <summary>Indexes that somebody wrote to do harm: each harms its own series at most.</summary>
public sealed class HostileIndexTests
{
    private static readonly string Three = HostileStore.Entry("3", HostileStore.A, 512);
    private static readonly string Four = HostileStore.Entry("4", HostileStore.B, 2_048);

    /// <summary>The index' entries, what of it is saved, and how many instances are named as failed.</summary>
    public static TheoryData<string, string, string, int> Entries => new()
    {
        { "a name that leads up", Three + "," + HostileStore.Entry("..", HostileStore.B, 2_048), "3", 1 },
        { "a name that leads far up", Three + "," + HostileStore.Entry("../../../../x", HostileStore.B, 2_048), "3", 1 },
        { "an absolute name", Three + "," + HostileStore.Entry("/tmp/x", HostileStore.B, 2_048), "3", 1 },
        { "a drive letter", Three + "," + HostileStore.Entry("C:x", HostileStore.B, 2_048), "3", 1 },
        { "a backslash", Three + "," + HostileStore.Entry("a\\\\b", HostileStore.B, 2_048), "3", 1 },
        { "a device of Windows", Three + "," + HostileStore.Entry("NUL.1", HostileStore.B, 2_048), "3", 1 },
        { "a control character", Three + "," + HostileStore.Entry("4\\u0000", HostileStore.B, 2_048), "3", 1 },
        { "a line feed", Three + "," + HostileStore.Entry("4\\n", HostileStore.B, 2_048), "3", 1 },
        { "a composed letter", Three + "," + HostileStore.Entry("\u00e9", HostileStore.B, 2_048), "3", 1 },
        { "a decomposed letter", Three + "," + HostileStore.Entry("e\u0301", HostileStore.B, 2_048), "3", 1 },
        { "a letter written right to left", Three + "," + HostileStore.Entry("\u202e4", HostileStore.B, 2_048), "3", 1 },
        { "a name of 10,000 characters", Three + "," + HostileStore.Entry(new string('4', 10_000), HostileStore.B, 2_048), "3", 1 },
        { "an empty name", Three + "," + HostileStore.Entry("", HostileStore.B, 2_048), "3", 1 },
        { "a name twice", Three + "," + Three + "," + Four, "3 4", 0 },
        { "a key twice, the second right", Three.Replace("\"size\":1000", "\"size\":7,\"size\":1000", StringComparison.Ordinal) + "," + Four, "3 4", 0 },
        { "a key twice, the second wrong", Three.Replace("\"size\":1000", "\"size\":1000,\"size\":7", StringComparison.Ordinal) + "," + Four, "4", 1 },
        { "offsets twice", Three.Replace("\"start_byte\":512", "\"start_byte\":0,\"start_byte\":512", StringComparison.Ordinal) + "," + Four, "3 4", 0 },
        { "the list of instances twice", Three + "}},\"cod\":{\"instances\":{" + Four, "3 4", 0 },
        { "no CRC32C, and offsets of another instance", Three.Replace("crc32c", "x", StringComparison.Ordinal).Replace("512", "1048", StringComparison.Ordinal) + "," + Four, "3 4", 0 },
        { "numbers as strings", Three.Replace("1000", "\"1000\"", StringComparison.Ordinal) + "," + Four, "3 4", 0 },
        { "negative offsets", Three.Replace("512", "-512", StringComparison.Ordinal) + "," + Four, "3 4", 0 },
        { "offsets beyond 64 bits", Three.Replace("512", "99999999999999999999", StringComparison.Ordinal) + "," + Four, "3 4", 0 },
        { "offsets whose difference overflows", Three.Replace("\"end_byte\":1512", "\"end_byte\":9223372036854775807", StringComparison.Ordinal) + "," + Four, "3 4", 0 },
        { "offsets at the end of 64 bits", "\"3\":{\"headers\":{\"start_byte\":9223372036854774807,\"end_byte\":9223372036854775807},\"size\":1000}," + Four, "3 4", 0 },
        { "offsets that overlap", HostileStore.Entry("3", HostileStore.A, 2_000) + "," + Four, "3 4", 0 },
        { "offsets of another instance", HostileStore.Entry("3", HostileStore.A, 1_048) + "," + Four, "3 4", 0 },
        { "a size at the end of 64 bits", Three.Replace("\"size\":1000", "\"size\":9223372036854775807", StringComparison.Ordinal) + "," + Four, "3 4", 0 },
        { "a size beyond the tar", Three.Replace("\"size\":1000", "\"size\":5000000000000", StringComparison.Ordinal) + "," + Four, "4", 1 },
        { "a uri of another study", "\"3\":{\"uri\":\"gs://b/studies/7/series/2.tar://instances/3.dcm\"}," + Four, "4", 1 },
        { "an entry that is no object", "\"3\":[[]]," + Four, "4", 1 },
        { "instances that are not in the tar", Three + "," + Four + "," + HostileStore.Entry("5", HostileStore.A, -1), "3 4", 1 },
    };

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Entries))]
    public async Task An_entry_harms_itself_at_most(string hostile, string entries, string saved, int failed)
    {
        _ = hostile;
        var store = new HostileStore();
        store.PutIndex(HostileStore.Index("2", entries));

        var (result, found) = await store.RetrieveAsync();

        Assert.Equal(saved, found);
        Assert.Equal(failed, result.InstancesFailed);
        Assert.Equal(failed, result.Failures.Count);
    }

    public static TheoryData<string, byte[]> Indexes => new()
    {
        { "nested 100,000 deep", Json("{\"a\":" + new string('[', 100_000) + new string(']', 100_000) + "}") },
        { "nested 100,000 deep in the tags", Json(HostileStore.Index("2", Three.Replace("{\"vr\":\"PN\"", string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "{", StringComparison.Ordinal))) },
        { "of another study", Json(HostileStore.Index("2", Three).Replace("\"study_uid\":\"1\"", "\"study_uid\":\"7\"", StringComparison.Ordinal)) },
        { "of another series", Json(HostileStore.Index("3", Three)) },
        { "invalid UTF-8 all over", [0xFF, 0xFE, 0xC3, 0x28, 0x80] },
        { "cut off", Json(HostileStore.Index("2", Three)[..^5]) },
        { "followed by more", Json(HostileStore.Index("2", Three) + "{}") },
        { "nothing", [] },
        { "a number", Json("7") },
        { "of more bytes than can be", Json(HostileStore.Index("2", string.Join(',', Enumerable.Range(0, 9).Select(i => $"\"{i}\":{{\"size\":{1L << 40}}}")))) },
        { "HTML", Json("<html>Synthetic^Patient</html>") },
        { "gzip cut off", Packed(HostileStore.Index("2", Three))[..60] },
        { "gzip of nothing but a header", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] },
        { "gzip in gzip", Packed(Encoding.Latin1.GetString(Packed(HostileStore.Index("2", Three)))) },
        { "a name without end", Json("{\"" + new string('a', 5_000_000)) },
        { "a number without end", Json("{\"study_uid\":" + new string('1', 5_000_000)) },
        { "more entries that cannot be than are named", Json(HostileStore.Index("2", string.Join(',', Enumerable.Range(0, 10_001).Select(i => $"\"/{i}\":0")))) },
    };

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Indexes), DisableDiscoveryEnumeration = true)]
    public async Task An_index_harms_its_series_at_most(string hostile, byte[] json)
    {
        _ = hostile;
        var store = new HostileStore();
        store.PutIndex(json);

        var (result, found) = await store.RetrieveAsync();

        Assert.Equal("", found);
        Assert.Single(result.Failures);
    }

    [Fact(Timeout = 30_000)]
    public async Task Invalid_utf8_in_a_name_harms_that_entry()
    {
        var store = new HostileStore();
        var json = Json(HostileStore.Index("2", HostileStore.Entry("X", HostileStore.A, 512) + "," + Four));
        json[Array.IndexOf(json, (byte)'X')] = 0xFF;
        store.PutIndex(json);

        var (result, found) = await store.RetrieveAsync();

        Assert.Equal("4", found);
        Assert.Equal(1, result.InstancesFailed);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_byte_order_mark_harms_nothing()
    {
        var store = new HostileStore();
        store.PutIndex([.. "\uFEFF"u8, .. Json(HostileStore.Index("2", Three + "," + Four))]);

        Assert.Equal("3 4", (await store.RetrieveAsync()).Saved);
    }

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Packed(string text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
