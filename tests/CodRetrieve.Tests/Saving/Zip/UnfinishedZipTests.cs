using System.IO.Compression;
using System.Text;
using CodRetrieve.IO;
using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;
using Xunit.Abstractions;

namespace CodRetrieve.Tests.Saving;

/// <summary>The zip that is being written, by itself.</summary>
public sealed class UnfinishedZipTests(ITestOutputHelper output) : IDisposable
{
    private readonly SavingFolder _folder = new();

    private string ZipPath => _folder["1.2.zip"];

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 120_000)]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    public async Task Many_writers_with_failures_in_random_order_give_exactly_what_the_last_good_write_of_each_name_held(CompressionLevel level)
    {
        var random = new Random(TestSeed.Next(output));
        for (var round = 0; round < 10; round++)
        {
            var model = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            using var zip = Create();
            var failed = 0;
            for (var batch = 0; batch < 6; batch++)
            {
                // Different names at the same time; the same ones again in the next batch.
                var writes = Enumerable.Range(0, 8).Select(i => (Name: $"s/{i}", Bytes: RandomBytes(random), Fails: random.Next(3) == 0, Listed: random.Next(4))).ToList();
                var results = await Task.WhenAll(writes.Select(write => Task.Run(() => WriteAsync(zip, write.Name, write.Bytes, write.Fails, SizeOf(write.Bytes, write.Listed), level))));
                for (var i = 0; i < writes.Count; i++)
                {
                    Assert.Equal(writes[i].Fails, !results[i]);
                    failed += results[i] ? 0 : 1;
                    if (results[i])
                    {
                        model[writes[i].Name] = writes[i].Bytes;
                    }
                }
            }

            Assert.NotEqual(0, failed);
            await zip.CommitAsync("", false, null, default);

            AssertHolds(model);
            AssertWithoutGaps();
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_at_every_write_leaves_only_whole_entries(bool torn)
    {
        var random = new Random(TestSeed.Next(output));
        var recorder = new RecordingFiles();
        var saved = new List<(int Writes, string Name, byte[] Bytes)>();
        using (var zip = Create(recorder))
        {
            for (var i = 0; i < 12; i++)
            {
                // Failures in between leave holes, and names come again.
                var (name, bytes, fails) = ($"s/{i % 8}", RandomBytes(random), i % 4 == 1);
                var attempt = WriteAsync(zip, name, bytes, fails, bytes.Length, CompressionLevel.NoCompression);
                var beside = WriteAsync(zip, $"s/beside{i}", bytes[..(bytes.Length / 2)], false, bytes.Length / 2, CompressionLevel.NoCompression);
                if (await attempt)
                {
                    saved.Add((recorder.Writes.Count, name, bytes));
                }

                await beside;
                saved.Add((recorder.Writes.Count, $"s/beside{i}", bytes[..(bytes.Length / 2)]));
            }

            await zip.CommitAsync("", false, null, default);
        }

        var versions = saved.ToLookup(one => one.Name, one => one.Bytes, StringComparer.Ordinal);
        var most = 0;
        for (var count = 0; count <= recorder.Writes.Count; count++)
        {
            var partial = Path.Combine(_folder.Path, ".1.2.zip.0badc0de.01234567.partial");
            File.WriteAllBytes(partial, recorder.Replay(count, torn ? random : null));
            using var handle = File.OpenHandle(partial);
            var whole = UnfinishedZipReader.Follow(handle).Where(entry => UnfinishedZipReader.Verify(handle, entry.Record, default) is not null).ToList();
            Assert.All(whole, entry => Assert.Contains(versions[entry.Name], bytes => bytes.AsSpan().SequenceEqual(Content(handle, entry.Record))));
            Assert.Equal(whole.Count, whole.Select(entry => entry.Name).Distinct(StringComparer.Ordinal).Count());
            most = Math.Max(most, whole.Count);

            // Until the end is written, what was saved once is there, in its last version.
            if (!torn && count < recorder.CommitBegan)
            {
                var expected = saved.Where(one => one.Writes <= count).GroupBy(one => one.Name, StringComparer.Ordinal).ToDictionary(one => one.Key, one => one.Last().Bytes, StringComparer.Ordinal);
                foreach (var (name, record) in whole.Where(entry => expected.ContainsKey(entry.Name)))
                {
                    expected.Remove(name);
                }

                // At most the ones that are being replaced just then are not.
                Assert.InRange(expected.Count, 0, 2);
            }
        }

        Assert.NotEqual(0, most);
        output.WriteLine($"{recorder.Writes.Count} writes, {most} entries");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_failed_entry_at_the_end_is_cut_off_and_one_in_the_middle_is_closed()
    {
        var large = new byte[2_000_000];
        using var zip = Create();
        await Assert.ThrowsAsync<IOException>(() => WriteOrThrowAsync(zip, "a", new ThrowingStream(large, () => new IOException("broken")), large.Length));
        Assert.Equal(0, new FileInfo(Partial()).Length);

        var blocked = new BlockedStream(large);
        var first = WriteOrThrowAsync(zip, "a", blocked, 3_000_000);
        await blocked.Blocked;
        Assert.True(await WriteAsync(zip, "b", large, false, large.Length, CompressionLevel.NoCompression));
        blocked.Release();
        await first;
        await zip.CommitAsync("", false, null, default);

        AssertHolds(new() { ["a"] = large, ["b"] = large });
        AssertWithoutGaps();
        Assert.InRange(new FileInfo(ZipPath).Length, 4_000_000, 4_001_000);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_disk_error_is_thrown_and_leaves_no_entry()
    {
        var files = new RecordingFiles();
        using var zip = Create(files);
        var large = new byte[2_000_000];
        Assert.True(await WriteAsync(zip, "a", new byte[10], false, 10, CompressionLevel.NoCompression));
        files.Failure = new IOException("No space left on device", 28);

        foreach (var (name, bytes, size) in new[] { ("b", new byte[10], (long?)10), ("c", large, large.Length), ("d", large, null) })
        {
            var thrown = await Assert.ThrowsAsync<DestinationException>(() => WriteOrThrowAsync(zip, name, new MemoryStream(bytes), size));
            Assert.Equal(DestinationFailure.Full, thrown.Reason);
        }

        files.Failure = null;
        Assert.True(await WriteAsync(zip, "b", new byte[20], false, 20, CompressionLevel.NoCompression));
        await zip.CommitAsync("", false, null, default);
        AssertHolds(new() { ["a"] = new byte[10], ["b"] = new byte[20] });
    }

    [Theory]
    [InlineData(0, 30)]
    [InlineData(0xFFFF_FFFEL, 30)]
    [InlineData(0xFFFF_FFFFL, 50)]
    [InlineData(0x1_0000_0001L, 50)]
    public void A_header_has_the_sizes_in_zip64_when_they_need_it_and_reads_back(long size, int fixedBytes)
    {
        foreach (var name in new[] { "1.2/instances/1.dcm", "ü" })
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            var record = new ZipRecord(7, LocalHeader.BytesOf(utf8.Length, size, size), size, size, LocalHeader.Stored, LocalHeader.NoTime, 5, null);
            Assert.Equal(fixedBytes + utf8.Length, record.HeaderBytes);
            var header = new byte[record.HeaderBytes];
            LocalHeader.Write(header, record, utf8);

            Assert.True(LocalHeader.TryRead(header, 7, out var headerBytes, out var read));
            Assert.Equal((record, record.HeaderBytes), (read, headerBytes));
            Assert.Equal(utf8, LocalHeader.NameIn(header).ToArray());
        }
    }

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(3) switch { 0 => random.Next(3000), 1 => random.Next(400_000), _ => 1_000_000 + random.Next(600_000) }];
        random.NextBytes(bytes);
        return bytes;
    }

    // What the index says: the truth, nothing, too little or too much.
    private static long? SizeOf(byte[] bytes, int listed) => listed switch { 0 => null, 1 => bytes.Length / 2, 2 => bytes.Length + 100, _ => bytes.Length };

    private static byte[] Content(Microsoft.Win32.SafeHandles.SafeFileHandle file, ZipRecord record)
    {
        using var content = UnfinishedZipReader.Open(file, record);
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private string Partial() => Directory.GetFiles(_folder.Path, ".1.2.zip.*").Single();

    private UnfinishedZip Create(FileOperations? files = null) => new(
        WholeFile.Create(ZipPath, "1.2.zip", "00000001", 0, files ?? FileOperations.System, TimeProvider.System), new DestinationWriter(files ?? FileOperations.System, _folder.Path));

    private async Task<bool> WriteAsync(UnfinishedZip zip, string name, byte[] bytes, bool fails, long? size, CompressionLevel level)
    {
        try
        {
            await WriteOrThrowAsync(zip, name, fails ? new ThrowingStream(bytes, () => new InvalidDataException("broken")) : new ChunkedStream(bytes), size, level);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private async Task WriteOrThrowAsync(UnfinishedZip zip, string name, Stream content, long? size, CompressionLevel level = CompressionLevel.NoCompression) =>
        await new ZipEntryWriter(
            zip, name, content, new ZipEntryForm(size, level), () => WholeFile.Create(_folder["t"], "t", "00000001", 0, FileOperations.System, TimeProvider.System), default).WriteAsync();

    private void AssertHolds(Dictionary<string, byte[]> model)
    {
        Assert.Equal(model.Keys.Order(StringComparer.Ordinal), SavingTools.Names(ZipPath));
        Assert.All(model, entry => Assert.True(entry.Value.AsSpan().SequenceEqual(SavingTools.Read(ZipPath, entry.Key)), entry.Key));
        Assert.Equal(["1.2.zip"], _folder.Files());
    }

    // Headers, followed from the beginning, lead to the list at the end.
    private void AssertWithoutGaps()
    {
        using var handle = File.OpenHandle(ZipPath);
        var entries = UnfinishedZipReader.Follow(handle).ToList();
        Assert.Equal(SavingTools.Names(ZipPath), entries.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        Assert.All(entries, entry => Assert.NotNull(UnfinishedZipReader.Verify(handle, entry.Record, default)));
        var signature = new byte[4];
        RandomAccess.Read(handle, signature, entries[^1].Record.End);
        Assert.Equal("PK\u0001\u0002"u8.ToArray(), signature);
    }
}
