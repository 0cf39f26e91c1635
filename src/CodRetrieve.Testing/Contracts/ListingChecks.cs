using CodRetrieve.Storage;

#pragma warning disable MA0004 // ContractCheck runs it on the thread pool, where there is no context to return to.

namespace CodRetrieve.Testing.Contracts;

/// <summary>What a listing must be.</summary>
internal static class ListingChecks
{
    public static IReadOnlyList<StoreCheck> All { get; } =
    [
        new("A prefix that no name begins with lists nothing", async store =>
        {
            await store.PutAsync(["there"]);
            var items = await store.ListAsync("nothing/");
            Violation.If(items.Count > 0, $"{items.Count} objects are listed; there is none whose name begins so.");
        }),
        new("Names are listed in lexicographic order, each once", async store =>
        {
            string[] names = ["b", "a/b.tar", "a/b/metadata.json", "a/Z", "a-b", "a.tar", "a/a", "C", "10", "9", "a0"];
            await store.PutAsync(names);
            ThrowIfOthers(store, await store.ListAsync(""), names);
        }),
        new(ObjectStoreCapabilities.Pages, "A listing goes on from page to page by its tokens", GoesOnOverPagesAsync),
        new("A prefix is the beginning of a name, not a folder", async store =>
        {
            await store.PutAsync(["studies/1/a", "studies/1/deep/er/b", "studies/10/c", "studies/1.tar", "studies/2/d", "other"]);
            ThrowIfOthers(store, await store.ListAsync("studies/1"), ["studies/1/a", "studies/1/deep/er/b", "studies/10/c", "studies/1.tar"]);
            ThrowIfOthers(store, await store.ListAsync("studies/1/"), ["studies/1/a", "studies/1/deep/er/b"]);
            ThrowIfOthers(store, await store.ListAsync("studies/1/d"), ["studies/1/deep/er/b"]);
        }),
        new("A listing that begins at a name has every name from there on", async store =>
        {
            await store.PutAsync(["s/1", "s/1.2/a", "s/1.2/b/c", "s/1.2.3/a", "s/12/a", "s/2", "t"]);
            ThrowIfOthers(store, await store.ListFromAsync("s/", "s/1.2/"), ["s/1.2/a", "s/1.2/b/c", "s/12/a", "s/2"]);
            ThrowIfOthers(store, await store.ListFromAsync("s/", "s/1.20"), ["s/12/a", "s/2"]);
            ThrowIfOthers(store, await store.ListFromAsync("s/", "s/1.2/b/c"), ["s/1.2/b/c", "s/12/a", "s/2"]);
            ThrowIfOthers(store, await store.ListFromAsync("s/", "a"), ["s/1", "s/1.2.3/a", "s/1.2/a", "s/1.2/b/c", "s/12/a", "s/2"]);
            ThrowIfOthers(store, await store.ListFromAsync("s/", "s/3"), []);
        }),
        new("Sizes are listed", async store =>
        {
            foreach (var size in new[] { 0, 1, 511, 70_000 })
            {
                await store.PutAsync($"{size}", SampleBytes.Of(size));
                var item = await store.FindAsync($"{size}");
                Violation.If(item.SizeBytes != size, $"An object of {size} bytes is listed with {item.SizeBytes}; SizeBytes must be the number of stored bytes.");
            }
        }),
        new("An object that was replaced is listed as it is now", async store =>
        {
            await store.PutAsync("o", SampleBytes.Of(100));
            await store.FindAsync("o");
            await store.PutAsync("o", SampleBytes.Of(200));
            var item = await store.FindAsync("o");
            Violation.If(item.SizeBytes != 200, $"An object that was replaced by one of 200 bytes is listed with {item.SizeBytes}; a listing must not be older than the call.");
        }),
        new(ObjectStoreCapabilities.Generations, "A generation is listed, and is another one when the object is replaced", async store =>
        {
            await store.PutAsync("o", SampleBytes.Of(100));
            var (first, again) = (await store.FindAsync("o"), await store.FindAsync("o"));
            await store.PutAsync("o", SampleBytes.Of(101));
            var second = await store.FindAsync("o");
            Violation.If(first.Generation is null || second.Generation is null, "The listing has no Generation; it must have one, or the capability Generations must be left out.");
            Violation.If(first.Generation != again.Generation, $"The generation went from {first.Generation} to {again.Generation} though nothing was put; it must stay.");
            Violation.If(first.Generation == second.Generation, $"The generation stayed {first.Generation} when the object was replaced; it must change.");
        }),
        new(ObjectStoreCapabilities.Checksums, "The CRC32C of the stored bytes is listed", async store =>
        {
            foreach (var size in new[] { 0, 1, 70_000 })
            {
                var bytes = SampleBytes.Of(size);
                await store.PutAsync($"{size}", bytes);
                var (item, crc) = (await store.FindAsync($"{size}"), Crc32C.Finish(Crc32C.Append(Crc32C.Initial, bytes)));
                Violation.If(item.Crc32c != crc, $"The CRC32C of an object of {size} bytes is listed as {item.Crc32c?.ToString("x8", null) ?? "null"}; it must be {crc:x8}, or the capability Checksums must be left out.");
            }
        }),
        new(ObjectStoreCapabilities.UnusualNames, "Names of all characters are listed and read as they are", async store =>
        {
            string[] names = ["a b", "a%20b", "a+b", "100%", "?x=1&y=2", "#1", "'\"<>()*!~$;:,@", "Grüße/日本語/😀", "%2F", "trailing/ ", "[x]{y}|z^`"];
            foreach (var (name, i) in names.Select(static (name, i) => (name, i)))
            {
                await store.PutAsync(name, SampleBytes.Of(100 + i));
            }

            var listed = (await store.ListAsync("")).Select(static item => item.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var (name, i) in names.Select(static (name, i) => (name, i)))
            {
                Violation.If(!listed.Contains(store.Name(name)), $"The object '{name}' is not listed under its name; names must be listed as they are.");
                Violation.If((await store.ListAsync(name)).Count == 0, $"The prefix '{name}' lists nothing; a prefix must be taken as it is.");
                (await store.ReadAsync(name)).ThrowIfNotWhole(SampleBytes.Of(100 + i));
            }

            Violation.If(listed.Count != names.Length, $"{listed.Count} objects are listed; {names.Length} were put.");
        }),
    ];

    private static async Task GoesOnOverPagesAsync(StoreProbe store)
    {
        var names = Enumerable.Range(0, (2 * store.Fixture.PageSize) + 1).Select(static i => $"{i:000000}").ToArray();
        await store.PutAsync(names);
        var pages = await store.ListPagesAsync("");
        ThrowIfOthers(store, [.. pages.SelectMany(static page => page.Items)], names);
        Violation.If(pages.Count < 3, $"{names.Length} objects came in {pages.Count} pages; with pages of {store.Fixture.PageSize} it must be 3 or more, or the capability Pages must be left out.");

        var second = await store.Store.ListAsync(store.Name(""), pages[0].NextPageToken, store.CancellationToken);
        Violation.If(
            !second.Items.Select(static item => item.Name).SequenceEqual(pages[1].Items.Select(static item => item.Name), StringComparer.Ordinal),
            "A page token that was used before gave another page; a page that failed is asked for again, so that a token must stay valid.");
    }

    private static void ThrowIfOthers(StoreProbe store, IReadOnlyList<ObjectInfo> items, IEnumerable<string> names)
    {
        var (listed, expected) = (items.Select(static item => item.Name).ToList(), names.Select(store.Name).Order(StringComparer.Ordinal).ToList());
        var (unexpected, missing) = (listed.Find(name => !expected.Contains(name)), expected.Find(name => !listed.Contains(name)));
        Violation.If(unexpected is not null, $"'{unexpected}' is listed; its name does not begin with the prefix, or nobody put it.");
        Violation.If(missing is not null, $"'{missing}' is not listed; every object whose name begins with the prefix must be, without a delimiter.");
        Violation.If(!listed.SequenceEqual(expected, StringComparer.Ordinal), $"The names came as {string.Join(", ", listed)}; they must come in lexicographic order, each once.");
    }
}
