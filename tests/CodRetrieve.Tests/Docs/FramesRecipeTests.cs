using System.Buffers.Binary;
using System.IO.Compression;
using System.Reflection;
using System.Text;
using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;
using Google.Cloud.Storage.V1;

namespace CodRetrieve.Tests.Docs;

/// <summary>The recipe for single frames reads the bytes of the frames, whatever is known to be wrong with the index, and no others.</summary>
public sealed class FramesRecipeTests
{
    private const string Series = "p/studies/1.2/series/1.3";
    private const int Start = 1536;

    private static readonly string Code = CodeBlock.In(Repository.Root, "docs/recipes/frames.md").Single().Code;
    private static readonly Lazy<Assembly> Recipe = new(() => CodeCompiler.Compile(Code));

    [FixtureFact]
    public async Task Frames_of_the_store_that_the_writer_wrote_are_those_of_its_files()
    {
        var fixtures = SharedFixtures.Find()!;
        await using var store = await TestStore.StartAsync();
        store.Server.CreateBucket(fixtures.Bucket).PutDirectory(fixtures.BucketFolder);
        var series = fixtures["s2-multiframe"];
        var name = $"{fixtures.Prefix}/studies/{series.Study}/series/{series.Series}";
        var tar = await File.ReadAllBytesAsync(Path.Combine(fixtures.BucketFolder, name + ".tar"));
        var (native, compressed, without) = (0, 0, 0);
        foreach (var instance in series.Instances)
        {
            var frames = FramesIn(tar.AsSpan((int)instance.StartByte, (int)instance.Size));
            if (frames.Count == 24)
            {
                // Two fragments to each frame: the writer gives no offsets.
                await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(StoreOf(store, fixtures.Bucket), name, instance.Sop, 0));
                without++;
                continue;
            }

            for (var i = 0; i < frames.Count; i++)
            {
                Assert.Equal(frames[i], await ReadAsync(StoreOf(store, fixtures.Bucket), name, instance.Sop, i));
            }

            _ = frames[0].Length == 2 * 128 * 128 ? native++ : compressed++;
        }

        Assert.Equal((1, 2, 1), (native, compressed, without));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("[108,118,128]", "[10,10,10]", 130, 1, 10, true)]    // native, 8 too high
    [InlineData("[100,110,120]", "[10,10,10]", 130, 1, 10, false)]   // native, by a writer that has them right
    [InlineData("[108]", "[10]", 110, 0, 0, true)]                   // one frame
    [InlineData("[100,118,136]", "[10,10,10]", 154, 2, 36, true)]    // compressed: headers of items between them, and one at the end
    public async Task A_frame_is_read_where_it_lies(string offsets, string lengths, int size, int index, int relative, bool isPacked)
    {
        await using var store = await TestStore.StartAsync();
        var tar = Put(store, offsets, lengths, size, isPacked);

        var frame = await ReadAsync(StoreOf(store, TestStore.BucketName), Series, "1.4", index);

        Assert.Equal(tar.AsSpan(Start + 100 + relative, 10).ToArray(), frame);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("[108,118]", "[10,10]", 140)] // a value behind the pixel data: 8 too high, or not
    [InlineData("[108,118]", "[10,10]", 125)] // a pad byte
    public async Task Offsets_that_cannot_be_checked_are_refused(string offsets, string lengths, int size)
    {
        await using var store = await TestStore.StartAsync();
        Put(store, offsets, lengths, size, isPacked: true);

        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(StoreOf(store, TestStore.BucketName), Series, "1.4", 0));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_example_reads_a_frame()
    {
        await using var store = await TestStore.StartAsync();
        var bucket = store.Server.CreateBucket("my-bucket");
        const string Name = "my-prefix/dicomweb/studies/1.2.3.4/series/1.2.3.5";
        bucket.Put(Name + "/metadata.json", Index("1.2.3.6", "[108,118]", "[10,10]", 120, isPacked: true), contentEncoding: "gzip");
        bucket.Put(Name + ".tar", new byte[Start + 120]);
        const string Client = "await StorageClient.CreateAsync()";
        Assert.Contains(Client, Code, StringComparison.Ordinal);

        await CodeCompiler.RunAsync(CodeCompiler.Compile(Code.Replace(
            Client, $"new StorageClientBuilder {{ UnauthenticatedAccess = true, BaseUri = \"{store.Server.Endpoint}storage/v1/\" }}.Build()", StringComparison.Ordinal)));

        Assert.Equal(10, store.Server.MediaBytesSent(name => name == Name + ".tar"));
    }

    private static byte[] Put(TestStore store, string offsets, string lengths, int size, bool isPacked)
    {
        var tar = new byte[Start + size + 512];
        new Random(1).NextBytes(tar);
        store.Bucket.Put(Series + ".tar", tar);
        store.Bucket.Put(Series + "/metadata.json", Index("1.4", offsets, lengths, size, isPacked), contentEncoding: isPacked ? "gzip" : null);
        return tar;
    }

    private static byte[] Index(string sop, string offsets, string lengths, int size, bool isPacked)
    {
        var json = Encoding.UTF8.GetBytes($$"""
            {"cod": {"instances": {"{{sop}}": {
              "metadata": {"00180050": {"vr": "DS", "Value": [NaN, -Infinity, 1]} },
              "headers": {"start_byte": {{Start}}, "end_byte": {{Start + size}} },
              "offset_tables": {"CustomOffsetTable": {{offsets}}, "CustomOffsetTableLengths": {{lengths}} }
            } } } }
            """);
        if (!isPacked)
        {
            return json;
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(json);
        }

        return packed.ToArray();
    }

    // Of explicit little endian: the pixel data is the last element of these files, and each frame one fragment.
    private static List<byte[]> FramesIn(ReadOnlySpan<byte> file)
    {
        var element = file.LastIndexOf(new byte[] { 0xE0, 0x7F, 0x10, 0x00, (byte)'O' });
        var length = BinaryPrimitives.ReadUInt32LittleEndian(file[(element + 8)..]);
        var rest = file[(element + 12)..];
        var frames = new List<byte[]>();
        if (length != uint.MaxValue)
        {
            for (; rest.Length > 0; rest = rest[(2 * 128 * 128)..])
            {
                frames.Add(rest[..(2 * 128 * 128)].ToArray());
            }

            return frames;
        }

        for (var item = 0; rest[2] == 0x00 && rest[3] == 0xE0; item++)
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            if (item > 0)
            {
                frames.Add(rest.Slice(8, size).ToArray());
            }

            rest = rest[(8 + size)..];
        }

        return frames;
    }

    private static StorageClientObjectStore StoreOf(TestStore store, string bucket) => new(
        new StorageClientBuilder { UnauthenticatedAccess = true, BaseUri = $"{store.Server.Endpoint}storage/v1/" }.Build(), bucket);

    private static Task<byte[]> ReadAsync(IObjectStore store, string series, string sop, int index)
    {
        var type = Recipe.Value.GetType("FrameReader")!;
        var method = type.GetMethods().Single(one => one.Name == "ReadAsync" && one.IsPublic);
        return (Task<byte[]>)method.Invoke(Activator.CreateInstance(type, store, series), [sop, index, CancellationToken.None])!;
    }
}
