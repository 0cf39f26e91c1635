using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage;

public sealed class DirectoryObjectStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DirectoryObjectStore _store;

    public DirectoryObjectStoreTests()
    {
        _store = new DirectoryObjectStore(_folder.Path);
        Write("p/studies/1/series/2.tar", 100);
        Write("p/studies/1/series/2/metadata.json", 10);
        Write("p/studies/1/series/2/.gradient.lock", 1);
        Write("p/studies/10/series/3.tar", 1);
    }

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Lists_what_begins_with_the_prefix_in_order_of_names()
    {
        var page = await _store.ListAsync("p/studies/1/series/", null, CancellationToken.None);
        Assert.Equal(
            "p/studies/1/series/2.tar p/studies/1/series/2/.gradient.lock p/studies/1/series/2/metadata.json",
            string.Join(' ', page.Items.Select(item => item.Name)));
        Assert.Equal("100 1 10", string.Join(' ', page.Items.Select(item => item.SizeBytes)));
        Assert.All(page.Items, item => Assert.NotNull(item.Generation));
        Assert.Null(page.NextPageToken);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_prefix_may_end_within_a_name()
    {
        var page = await _store.ListAsync("p/studies/1", null, CancellationToken.None);
        Assert.Equal(4, page.Items.Count);
        Assert.Single((await _store.ListAsync("p/studies/10", null, CancellationToken.None)).Items);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_missing_folder_lists_as_empty() =>
        Assert.Empty((await _store.ListAsync("p/studies/2/series/", null, CancellationToken.None)).Items);

    [Fact(Timeout = 60_000)]
    public async Task A_large_folder_comes_in_pages_each_of_which_can_be_asked_for_again()
    {
        for (var i = 0; i < 1_500; i++)
        {
            Write($"q/studies/1.{i % 40}.{i}/series/5.tar", 1);
        }

        var first = await _store.ListAsync("q/studies/", null, CancellationToken.None);
        var second = await _store.ListAsync("q/studies/", first.NextPageToken, CancellationToken.None);
        var again = await _store.ListAsync("q/studies/", first.NextPageToken, CancellationToken.None);

        Assert.Equal((1_000, 500), (first.Items.Count, second.Items.Count));
        Assert.Null(second.NextPageToken);
        Assert.Equal(second.Items, again.Items);
        var names = first.Items.Concat(second.Items).Select(item => item.Name).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_page_after_one_whose_last_file_is_gone_goes_on_behind_it()
    {
        for (var i = 0; i < 1_002; i++)
        {
            Write($"q/{i:0000}", 1);
        }

        var first = await _store.ListAsync("q/", null, CancellationToken.None);
        File.Delete(Path.Combine(_folder.Path, first.NextPageToken!));
        var second = await new DirectoryObjectStore(_folder.Path).ListAsync("q/", first.NextPageToken, CancellationToken.None);

        Assert.Equal(["q/1000", "q/1001"], second.Items.Select(item => item.Name));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_listing_may_begin_at_any_name()
    {
        Write("p/studies/1.5/series/9.tar", 1);

        Assert.Equal(["p/studies/10/series/3.tar"], await FromAsync("p/studies/10"));
        Assert.Equal(["p/studies/1/series/2/metadata.json", "p/studies/10/series/3.tar"], await FromAsync("p/studies/1/series/2/a"));
        Assert.Equal(5, (await FromAsync("../../x")).Length);
        Assert.Empty(await FromAsync("p/studies/2"));

        async Task<string[]> FromAsync(string name) => [.. (await _store.ListFromAsync("p/studies/", name, null, CancellationToken.None)).Items.Select(item => item.Name)];
    }

    [Fact(Timeout = 30_000)]
    public async Task What_vanishes_during_a_listing_is_not_in_it()
    {
        const int Rounds = 200;
        var rounds = 0;
        var folder = Path.Combine(_folder.Path, "p/studies/1/series/4");
        var changing = Task.Run(
            () =>
            {
                for (; rounds < Rounds; Interlocked.Increment(ref rounds))
                {
                    for (var i = 0; i < 20; i++)
                    {
                        Write($"p/studies/1/series/4/{i}/metadata.json", 1);
                    }

                    Directory.Delete(folder, recursive: true);
                }
            },
            CancellationToken.None);
        while (Volatile.Read(ref rounds) < Rounds)
        {
            var page = await _store.ListAsync("p/studies/1/series/", null, CancellationToken.None);
            Assert.Equal(3, page.Items.Count(item => !item.Name.StartsWith("p/studies/1/series/4/", StringComparison.Ordinal)));
        }

        await changing;
    }

    [Fact(Timeout = 30_000)]
    public async Task A_link_back_to_a_folder_above_is_not_followed_again()
    {
        var series = Path.Combine(_folder.Path, "p/studies/1/series");
        Directory.CreateSymbolicLink(Path.Combine(series, "again"), series);
        Directory.CreateSymbolicLink(Path.Combine(series, "2", "up"), Path.Combine(_folder.Path, "p"));
        Directory.CreateSymbolicLink(Path.Combine(series, "nowhere"), Path.Combine(_folder.Path, "none"));

        var page = await _store.ListAsync("p/studies/1/series/", null, CancellationToken.None);

        Assert.Contains(page.Items, item => item.Name == "p/studies/1/series/2.tar");
        Assert.InRange(page.Items.Count, 3, 20);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_link_to_a_folder_elsewhere_is_followed()
    {
        using var other = new TempFolder();
        await File.WriteAllTextAsync(Path.Combine(other.Path, "metadata.json"), "{}");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "p/studies/1/series/5"), other.Path);

        var page = await _store.ListAsync("p/studies/1/series/5/", null, CancellationToken.None);

        Assert.Equal("p/studies/1/series/5/metadata.json", Assert.Single(page.Items).Name);
    }

    [Fact(Timeout = 30_000)]
    public async Task Reads_the_range_asked_for()
    {
        await using var body = await _store.OpenReadAsync("p/studies/1/series/2.tar", null, new ByteRange(30, 40), CancellationToken.None);
        var bytes = new byte[10];
        await body.Content.ReadExactlyAsync(bytes);
        Assert.Equal(30, body.Offset);
        Assert.Equal(100, body.ObjectSizeBytes);
        Assert.Equal(Bytes.Random(100)[30..40], bytes);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_range_behind_the_end_is_not_satisfiable() =>
        Assert.Equal(ObjectStoreFailure.RangeNotSatisfiable, await FailureAsync("p/studies/1/series/2.tar", range: new ByteRange(100, 101)));

    [Fact(Timeout = 30_000)]
    public async Task A_file_replaced_since_its_listing_has_changed()
    {
        var listed = (await _store.ListAsync("p/studies/10", null, CancellationToken.None)).Items[0];
        await using (await _store.OpenReadAsync(listed.Name, listed.Generation, null, CancellationToken.None))
        {
        }

        Write(listed.Name, 2);
        Assert.Equal(ObjectStoreFailure.Changed, await FailureAsync(listed.Name, listed.Generation));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_of_the_same_size_and_a_later_time_has_changed()
    {
        var listed = (await _store.ListAsync("p/studies/10", null, CancellationToken.None)).Items[0];
        var path = Path.Combine(_folder.Path, listed.Name);
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(1));
        Assert.Equal(ObjectStoreFailure.Changed, await FailureAsync(listed.Name, listed.Generation));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_missing_file_is_not_found() => Assert.Equal(ObjectStoreFailure.NotFound, await FailureAsync("p/none"));

    [Fact(Timeout = 30_000)]
    public async Task A_folder_in_place_of_a_file_does_not_stop_everything()
    {
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(
            async () => await _store.OpenReadAsync("p/studies", null, null, CancellationToken.None));
        Assert.False(failure.IsFatal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("../x")]
    [InlineData("p/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    public async Task A_name_that_leads_out_of_the_folder_is_refused(string name)
    {
        Assert.Equal(ObjectStoreFailure.Rejected, await FailureAsync(name));
        var listing = await Assert.ThrowsAsync<ObjectStoreException>(async () => await _store.ListAsync(name + "/", null, CancellationToken.None));
        Assert.Equal(ObjectStoreFailure.Rejected, listing.Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_name_that_leads_to_a_folder_with_a_like_beginning_is_refused()
    {
        var twin = Directory.CreateDirectory(_folder.Path + "-twin");
        try
        {
            Assert.Equal(ObjectStoreFailure.Rejected, await FailureAsync($"../{twin.Name}/x"));
        }
        finally
        {
            twin.Delete();
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_store_may_be_the_root_of_a_drive()
    {
        var root = Path.GetPathRoot(_folder.Path)!;
        var store = new DirectoryObjectStore(root);
        var name = Path.GetRelativePath(root, _folder.Path).Replace(Path.DirectorySeparatorChar, '/') + "/p/studies/1/series/2.tar";
        Assert.Equal(name, Assert.Single((await store.ListAsync(name, null, CancellationToken.None)).Items).Name);
        await using var body = await store.OpenReadAsync(name, null, null, CancellationToken.None);
        Assert.Equal(100, body.ObjectSizeBytes);
    }

    [Fact]
    public void Finds_dicomweb_below_the_folder_that_was_given()
    {
        Assert.Null(DirectoryObjectStore.PrefixIn(Path.Combine(_folder.Path, "p")));
        Assert.Null(DirectoryObjectStore.PrefixIn(_folder.Path));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "dicomweb", "studies"));
        Assert.Equal("dicomweb", DirectoryObjectStore.PrefixIn(_folder.Path));
    }

    private async Task<ObjectStoreFailure> FailureAsync(string name, long? generation = null, ByteRange? range = null) =>
        (await Assert.ThrowsAsync<ObjectStoreException>(async () => await _store.OpenReadAsync(name, generation, range, CancellationToken.None))).Reason;

    private void Write(string name, int size)
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Bytes.Random(size));
    }
}
