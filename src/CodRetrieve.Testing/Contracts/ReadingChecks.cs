using System.IO.Compression;

#pragma warning disable MA0004 // ContractCheck runs it on the thread pool, where there is no context to return to.

namespace CodRetrieve.Testing.Contracts;

/// <summary>What an object's bytes must be.</summary>
internal static class ReadingChecks
{
    private const int Size = 100_000;

    public static IReadOnlyList<StoreCheck> All { get; } =
    [
        new("An object is read whole", async store =>
        {
            foreach (var size in new[] { 0, 1, 511, Size, 3_000_001 })
            {
                var bytes = SampleBytes.Of(size);
                await store.PutAsync($"{size}", bytes);
                (await store.ReadAsync($"{size}")).ThrowIfNotWhole(bytes);
            }
        }),
        new("A range gives its bytes: the first, the last, some between, all", async store =>
        {
            var bytes = SampleBytes.Of(Size);
            await store.PutAsync("o", bytes);
            foreach (var (start, end) in new[] { (0, 1), (0, 512), (Size - 1, Size), (12_345, 67_890), (512, 513), (0, Size) })
            {
                var range = new Storage.ByteRange(start, end);
                (await store.ReadAsync("o", range: range)).ThrowIfNotRange(bytes, range);
            }
        }),
        new("A range that goes beyond the end gives what there is", async store =>
        {
            var (bytes, range) = (SampleBytes.Of(Size), new Storage.ByteRange(Size - 10, Size + 10));
            await store.PutAsync("o", bytes);
            (await store.ReadAsync("o", range: range)).ThrowIfNotRange(bytes, range);
        }),
        new("A range behind the end is refused", async store =>
        {
            await store.PutAsync("o", SampleBytes.Of(Size));
            await store.PutAsync("empty", default);
            foreach (var (name, start) in new[] { ("o", (long)Size), ("o", Size + 1), ("o", 1L << 40), ("empty", 0) })
            {
                await StoreProbe.FailAsync(() => store.ReadAsync(name, range: new Storage.ByteRange(start, start + 10)), $"A range from byte {start} of '{name}'", ObjectStoreFailure.RangeNotSatisfiable);
            }
        }),
        new("An object that does not exist is not found", async store =>
        {
            await store.PutAsync("folder/there", SampleBytes.Of(10));
            foreach (var name in new[] { "none", "folder/there.not", "none/there" })
            {
                await StoreProbe.FailAsync(() => store.ReadAsync(name), $"Reading '{name}', which does not exist,", ObjectStoreFailure.NotFound);
                await StoreProbe.FailAsync(() => store.ReadAsync(name, range: new Storage.ByteRange(0, 1)), $"Reading a range of '{name}', which does not exist,", ObjectStoreFailure.NotFound);
            }
        }),
        new("The newest bytes are read where no generation is asked for", async store =>
        {
            await store.PutAsync("o", SampleBytes.Of(1000, seed: 1));
            (await store.ReadAsync("o")).ThrowIfNotWhole(SampleBytes.Of(1000, seed: 1));
            await store.PutAsync("o", SampleBytes.Of(1001, seed: 2));
            (await store.ReadAsync("o")).ThrowIfNotWhole(SampleBytes.Of(1001, seed: 2));
        }),
        new(ObjectStoreCapabilities.Generations, "A read is pinned to the listed generation", PinsAsync),
        new(ObjectStoreCapabilities.Generations, "A generation that was replaced never gives the bytes of the new one", NeverGivesOtherBytesAsync),
        new(ObjectStoreCapabilities.ContentEncodings, "An object stored with gzip is given as it is stored, or as decompressed", async store =>
        {
            var (plain, stored) = await PutGzipAsync(store);
            ThrowIfNeither(await store.ReadAsync("o"), plain, stored, range: null);
            var item = await store.FindAsync("o");
            Violation.If(item.SizeBytes != stored.Length, $"An object of {stored.Length} stored bytes, {plain.Length} when decompressed, is listed with {item.SizeBytes}; SizeBytes must be the number of stored bytes.");
            Violation.If(item.ContentEncoding != "gzip", $"An object stored with content-encoding gzip is listed with '{item.ContentEncoding ?? "null"}'; ContentEncoding must say it.");
        }),
        new(ObjectStoreCapabilities.ContentEncodings, "A range of an object stored with gzip is of the stored bytes, or the whole as decompressed", async store =>
        {
            var (plain, stored) = await PutGzipAsync(store);
            var range = new Storage.ByteRange(100, 1_100);
            ThrowIfNeither(await store.ReadAsync("o", range: range), plain, stored, range);
        }),
    ];

    private static async Task PinsAsync(StoreProbe store)
    {
        var bytes = SampleBytes.Of(Size);
        await store.PutAsync("o", bytes);
        var generation = (await store.FindAsync("o")).Generation;
        var whole = await store.ReadAsync("o", generation);
        whole.ThrowIfNotWhole(bytes);
        var range = new Storage.ByteRange(1_000, 2_000);
        (await store.ReadAsync("o", generation, range)).ThrowIfNotRange(bytes, range);
        Violation.If(
            whole.Body.Generation is { } said && said != generation,
            $"The body says that it is of generation {whole.Body.Generation}, where {generation} was asked for; it must be that one, or null.");
    }

    private static async Task NeverGivesOtherBytesAsync(StoreProbe store)
    {
        var (old, other) = (SampleBytes.Of(Size, seed: 1), SampleBytes.Of(Size + 1, seed: 2));
        await store.PutAsync("o", old);
        var generation = (await store.FindAsync("o")).Generation;
        await store.PutAsync("o", other);
        foreach (var range in new Storage.ByteRange?[] { null, new(1_000, 2_000) })
        {
            try
            {
                // A store that keeps old generations may give the old bytes.
                var read = await store.ReadAsync("o", generation, range);
                if (range is { } wanted)
                {
                    read.ThrowIfNotRange(old, wanted);
                }
                else
                {
                    read.ThrowIfNotWhole(old);
                }
            }
            catch (ObjectStoreException e)
            {
                Violation.If(
                    e.Reason is not (ObjectStoreFailure.Changed or ObjectStoreFailure.NotFound),
                    $"Reading a generation that was replaced failed as {e.Reason}; it must fail as Changed or NotFound, or give the old bytes.",
                    e);
            }
        }
    }

    private static void ThrowIfNeither(ReadObject read, byte[] plain, byte[] stored, Storage.ByteRange? range)
    {
        Violation.If(read.Body is { IsCompressed: true, IsDecompressed: true }, "A body says both IsCompressed and IsDecompressed; it can be only one.");
        if (!read.Body.IsDecompressed)
        {
            Violation.If(!read.Body.IsCompressed, "A body of an object stored with gzip says neither IsCompressed nor IsDecompressed; it must say which.");
            if (range is { } wanted)
            {
                read.ThrowIfNotRange(stored, wanted);
            }
            else
            {
                read.ThrowIfNotWhole(stored);
            }

            return;
        }

        // The stored size says nothing of these bytes, and a range of them cannot be had.
        Violation.If(read.Body.Offset != 0, $"A body that says IsDecompressed begins at {read.Body.Offset}; it must begin at 0.");
        read.ThrowIfNotWhole(plain);
    }

    private static async Task<(byte[] Plain, byte[] Stored)> PutGzipAsync(StoreProbe store)
    {
        var plain = SampleBytes.Of(50_000).Concat(new byte[50_000]).ToArray();
        using var stored = new MemoryStream();
        var gzip = new GZipStream(stored, CompressionLevel.Fastest);
        await using (gzip.ConfigureAwait(false))
        {
            await gzip.WriteAsync(plain, store.CancellationToken);
        }

        await store.PutAsync("o", stored.ToArray(), "gzip");
        return (plain, stored.ToArray());
    }
}
