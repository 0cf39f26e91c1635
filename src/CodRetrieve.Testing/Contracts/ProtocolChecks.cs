#pragma warning disable MA0004 // ContractCheck runs it on the thread pool, where there is no context to return to.

namespace CodRetrieve.Testing.Contracts;

/// <summary>How calls must end, and what they must leave to others.</summary>
internal static class ProtocolChecks
{
    private const int Size = 2_000_000;

    public static IReadOnlyList<StoreCheck> All { get; } =
    [
        new("Each object has a name for display of its own", store =>
        {
            var (one, other) = (store.Store.GetUri(store.Name("one")), store.Store.GetUri(store.Name("other")));
            Violation.If(string.IsNullOrWhiteSpace(one) || one == other, $"GetUri gave '{one}' and '{other}' for two names; it must tell objects apart.");
            return Task.CompletedTask;
        }),
        new("A body that is not read to its end can be disposed", async store =>
        {
            var bytes = SampleBytes.Of(Size);
            await store.PutAsync("o", bytes);

            // More than a pool that does not get its connections back would give.
            for (var i = 0; i < 40; i++)
            {
                await using var body = await store.OpenAsync("o");
                if (i % 2 == 0)
                {
                    await body.Content.ReadExactlyAsync(new byte[1000], store.CancellationToken);
                }
            }

            (await store.ReadAsync("o")).ThrowIfNotWhole(bytes);
        }),
        new("A body can be disposed twice", async store =>
        {
            await store.PutAsync("o", SampleBytes.Of(1000));
            var body = await store.OpenAsync("o");
            await body.DisposeAsync();
            await body.DisposeAsync();
        }),
        new("A call whose token is cancelled already ends as cancelled", async store =>
        {
            await store.PutAsync("o", SampleBytes.Of(1000));
            var cancelled = new CancellationToken(canceled: true);
            await StoreProbe.CancelAsync(() => store.Store.ListAsync(store.Name(""), null, cancelled), "ListAsync with a cancelled token");
            await StoreProbe.CancelAsync(async () => await (await store.Store.OpenReadAsync(store.Name("o"), null, null, cancelled)).DisposeAsync(), "OpenReadAsync with a cancelled token");
        }),
        new("Reading a body ends when it is cancelled", async store =>
        {
            await store.PutAsync("o", SampleBytes.Of(Size));
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(store.CancellationToken);
            await using var body = await store.OpenAsync("o");
            var buffer = new byte[1000];
            await body.Content.ReadExactlyAsync(buffer, cancellation.Token);
            await cancellation.CancelAsync();
            await StoreProbe.CancelAsync(async () => await body.Content.ReadExactlyAsync(buffer, cancellation.Token), "A read of a body with a cancelled token");
        }),
        new("The token of a call does not end the body that it gave", async store =>
        {
            var bytes = SampleBytes.Of(Size);
            await store.PutAsync("o", bytes);
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(store.CancellationToken);
            await using var body = await store.Store.OpenReadAsync(store.Name("o"), null, null, cancellation.Token);
            await cancellation.CancelAsync();
            using var read = new MemoryStream();
            await body.Content.CopyToAsync(read, store.CancellationToken);
            new ReadObject(body, read.ToArray()).ThrowIfNotWhole(bytes);
        }),
        new("Many objects are read and listed at once", async store =>
        {
            const int Count = 32;
            for (var i = 0; i < Count; i++)
            {
                await store.PutAsync($"{i}", SampleBytes.Of(100_000 + i));
            }

            await Task.WhenAll(Enumerable.Range(0, 2 * Count).Select(i => Task.Run(
                async () =>
                {
                    var bytes = SampleBytes.Of(100_000 + (i % Count));
                    (await store.ReadAsync($"{i % Count}")).ThrowIfNotWhole(bytes);
                    var range = new Storage.ByteRange(1_000 * i, (1_000 * i) + 5_000);
                    (await store.ReadAsync($"{i % Count}", range: range)).ThrowIfNotRange(bytes, range);
                    var count = (await store.ListAsync("")).Count;
                    Violation.If(count != Count, $"{count} objects were listed while others were read; there are {Count}.");
                },
                store.CancellationToken)));
        }),
        new(ObjectStoreCapabilities.MissingBuckets, "A bucket that does not exist is not found", async store =>
        {
            var missing = store.Fixture.StoreOfMissingBucket
                ?? throw new ContractViolationException("StoreOfMissingBucket is null; it must be a store over a bucket that does not exist, or the capability MissingBuckets must be left out.");
            await StoreProbe.FailAsync(() => missing.ListAsync("", null, store.CancellationToken), "Listing a bucket that does not exist", ObjectStoreFailure.NotFound);
            await StoreProbe.FailAsync(() => missing.OpenReadAsync("o", null, null, store.CancellationToken), "Reading from a bucket that does not exist", ObjectStoreFailure.NotFound);
        }),
    ];
}
