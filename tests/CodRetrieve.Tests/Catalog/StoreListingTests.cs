using CodRetrieve.Catalog;
using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Tests.Catalog;

/// <summary>Listings of whole stores as stores, and what people and attackers put into them, make them.</summary>
public sealed class StoreListingTests
{
    [Fact(Timeout = 30_000)]
    public async Task Studies_come_in_the_order_of_the_store_each_once_with_all_its_series()
    {
        var store = new PagedStore(2, SeriesOf("1.2", "5", "6"), SeriesOf("1.2.3", "7"), SeriesOf("1.2-a", "8"), SeriesOf("1.20", "9"), SeriesOf("1", "1"));

        var studies = await store.ListAsync();

        Assert.Equal(["1.2-a: 8", "1.2.3: 7", "1.2: 5 6", "1.20: 9", "1: 1"], studies.Select(Text));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_listing_goes_on_behind_any_study_also_where_the_store_cannot(bool canBeginAtName)
    {
        string[] uids = ["1.2", "1.2.3", "1.2-a", "1.2.3.4", "1.20", "1", "10", "2", "1.2_", "a", "A"];
        var store = new PagedStore(3, [.. uids.Select(uid => SeriesOf(uid, "5"))]) { CanBeginAtName = canBeginAtName };
        var all = (await store.ListAsync()).Select(study => study.StudyInstanceUid).ToList();
        Assert.Equal(uids.Length, all.Count);

        for (var i = 0; i < all.Count; i++)
        {
            Assert.Equal(all.Skip(i + 1), (await store.ListAsync(after: all[i])).Select(study => study.StudyInstanceUid));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_listing_may_begin_behind_a_study_that_does_not_exist()
    {
        var store = new PagedStore(3, SeriesOf("1.2", "5"), SeriesOf("1.4", "5"));

        Assert.Equal(["1.4: 5"], (await store.ListAsync(after: "1.3")).Select(Text));
        Assert.Equal(["1.2: 5", "1.4: 5"], (await store.ListAsync(after: "1.2.3")).Select(Text));
        Assert.Empty(await store.ListAsync(after: "z"));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_pages_before_the_beginning_are_not_asked_for()
    {
        var store = new PagedStore(4, [.. Enumerable.Range(1000, 100).Select(i => SeriesOf($"1.{i}", "5"))]);

        Assert.Equal(2, (await store.ListAsync(after: "1.1097")).Count);

        Assert.Equal(1, store.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task Objects_that_stand_for_folders_and_files_beside_studies_are_no_studies()
    {
        var store = new PagedStore(
            1,
            ["p/studies/", "p/studies/1.1/", "p/studies/1.2/", "p/studies/1.2/series/", "p/studies/1.2/series/5/", "p/studies/readme.txt", "p/studies/.DS_Store", "p/studies/.tmp/series/5.tar", "p/studies/1.3/notes.txt", "p/studies/1.4/report/5.tar"],
            SeriesOf("1.5", "6"));

        Assert.Equal(["1.5: 6"], (await store.ListAsync()).Select(Text));
        Assert.Empty(store.Rejected);
    }

    [Fact(Timeout = 30_000)]
    public async Task Names_that_cannot_be_those_of_studies_are_reported_once_each_and_not_followed()
    {
        string[] hostile = ["..", ".", "", "a b", "a%2fb", "Grüße", "x\u001b[31m", "line\nbreak", "con", "😀", "1.2.", new string('9', 200), "-rf"];
        var store = new PagedStore(3, [.. hostile.Select(name => SeriesOf(name, "5", "6")), SeriesOf("1.5", "6")]);

        var studies = await store.ListAsync();

        Assert.Equal(["1.5: 6"], studies.Select(Text));
        Assert.Equal(hostile.Length, store.Rejected.Count);
        Assert.All(store.Rejected, failure =>
        {
            Assert.Null(failure.StudyInstanceUid);
            Assert.Contains("cannot be the name of a folder", failure.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(failure.ToString(), static c => c is < ' ' or > '~');
        });
    }

    [Fact(Timeout = 30_000)]
    public async Task A_hostile_series_is_a_problem_of_its_study_alone()
    {
        var store = new PagedStore(3, ["p/studies/1.2/series/../metadata.json"], SeriesOf("1.2", "5"), SeriesOf("1.3", "6"));

        var studies = await store.ListAsync();

        Assert.Equal(["1.2: 5", "1.3: 6"], studies.Select(Text));
        Assert.Contains("cannot be the name of a folder", Assert.Single(studies[0].Problems).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_study_with_more_series_than_any_has_is_refused_and_hides_no_other()
    {
        var store = new PagedStore(1_000, [.. Enumerable.Range(0, StudyListingBuilder.MaxSeries + 5).Select(i => $"p/studies/1.1/series/{i}.tar")], SeriesOf("1.2", "5"));

        var studies = await store.ListAsync();

        Assert.Equal(["1.1: ", "1.2: 5"], studies.Select(Text));
        Assert.Contains("more than 50000 series", Assert.Single(studies[0].Problems).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_store_that_folds_names_at_a_slash_is_listed_study_by_study()
    {
        var store = new FakeObjectStore
        {
            List = (prefix, _) => prefix switch
            {
                "p/studies/" => new ObjectListPage([Object("p/studies/a.txt")], ["p/studies/1.2/", "p/studies/1.3/", "p/studies/../"], null),
                "p/studies/1.2/series/" => new ObjectListPage([Object("p/studies/1.2/series/5.tar")], ["p/studies/1.2/series/5/"], null),
                _ => throw new ObjectStoreException(ObjectStoreFailure.Rejected, $"no {prefix}"),
            },
        };
        var rejected = new List<RetrievalFailure>();

        var studies = await ListAsync(store, null, rejected.Add);

        Assert.Equal(["1.2: 5", "1.3: "], studies.Select(Text));
        Assert.Equal("no p/studies/1.3/series/", Assert.Single(studies[1].Problems).Message);
        Assert.Single(rejected);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_listing_whose_page_tokens_come_again_fails(int cycle)
    {
        var requests = 0;
        var store = new FakeObjectStore { List = (_, _) => new ObjectListPage([Object($"p/studies/1.{requests:000}/series/5.tar")], [], $"token {requests++ % cycle}") };

        var failure = await Assert.ThrowsAsync<CodFormatException>(() => ListAsync(store));

        Assert.Contains("the listing has no end", failure.Message, StringComparison.Ordinal);
        Assert.InRange(requests, cycle, (3 * cycle) + 3);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_listing_that_gives_the_same_page_with_ever_new_tokens_fails()
    {
        var requests = 0;
        var store = new FakeObjectStore { List = (_, _) => new ObjectListPage([Object("p/studies/1.2/series/5.tar")], [], $"token {requests++}") };

        Assert.Contains("the listing has no end", (await Assert.ThrowsAsync<CodFormatException>(() => ListAsync(store))).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Empty_pages_between_others_are_passed_over()
    {
        var store = new FakeObjectStore
        {
            List = (_, token) => token switch
            {
                null => new ObjectListPage([], [], "1"),
                "1" => new ObjectListPage([Object("p/studies/1.2/series/5.tar")], [], "2"),
                "2" => new ObjectListPage([], [], "3"),
                _ => new ObjectListPage([Object("p/studies/1.2/series/5/metadata.json")], [], null),
            },
        };

        Assert.Equal(["1.2: 5"], (await ListAsync(store)).Select(Text));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("1.2", "1.2.3")]
    [InlineData("2", "1")]
    public async Task A_store_that_does_not_list_by_name_is_refused(string first, string second)
    {
        var store = new FakeObjectStore { List = (_, _) => new ObjectListPage([Object($"p/studies/{first}/series/5.tar"), Object($"p/studies/{second}/series/5.tar")], [], null) };

        var failure = await Assert.ThrowsAsync<CodFormatException>(() => ListAsync(store));

        Assert.Contains($"lists '{second}' after '{first}'", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_store_that_lists_what_was_not_asked_for_is_refused()
    {
        var store = new FakeObjectStore { List = (_, _) => new ObjectListPage([Object("q/studies/1/series/5.tar")], [], null) };

        await Assert.ThrowsAsync<CodFormatException>(() => ListAsync(store));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_store_may_have_no_prefix()
    {
        var store = new FakeObjectStore { List = (prefix, _) => new ObjectListPage([Object($"{prefix}1.2/series/5.tar")], [], null) };

        var study = Assert.Single(await ListAsync(store, prefix: null));

        Assert.Equal("fake://studies/1.2/series/5.tar", Assert.Single(study.Series).Series.TarUri);
    }

    private static string Text(StudyListing study) => $"{study.StudyInstanceUid}: {string.Join(' ', study.Series.Select(series => series.Series.SeriesInstanceUid))}";

    private static ObjectInfo Object(string name) => new() { Name = name, SizeBytes = 1 };

    private static string[] SeriesOf(string study, params string[] series) => [.. series.SelectMany(uid => new[] { $"p/studies/{study}/series/{uid}.tar", $"p/studies/{study}/series/{uid}/metadata.json" })];

    private static async Task<List<StudyListing>> ListAsync(IObjectStore store, string? after = null, Action<RetrievalFailure>? reject = null, string? prefix = "p")
    {
        var objects = new ObjectReader(store, new RequestPolicy(new CodDownloadOptions { MaxRetryAttempts = 0 }, NullLogger.Instance), RequestBudget.Fixed(1));
        var studies = new List<StudyListing>();
        await foreach (var study in new StoreListing(new CodCatalog(objects, prefix, NullLogger.Instance), objects, reject ?? (_ => Assert.Fail("rejected"))).ReadAsync(after, CancellationToken.None))
        {
            studies.Add(study);
        }

        return studies;
    }

    /// <summary>Lists names in pages, as Cloud Storage does.</summary>
    private sealed class PagedStore(int pageSize, params string[][] names) : IObjectStore
    {
        private readonly string[] _names = [.. names.SelectMany(static some => some).Order(ObjectNameOrder.Instance)];

        public bool CanBeginAtName { get; init; } = true;

        public int Requests { get; private set; }

        public List<RetrievalFailure> Rejected { get; } = [];

        public Task<List<StudyListing>> ListAsync(string? after = null) => StoreListingTests.ListAsync(this, after, Rejected.Add);

        public string GetUri(string objectName) => $"paged://{objectName}";

        public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) => ListFromAsync(prefix, "", pageToken, cancellationToken);

        public Task<ObjectListPage> ListFromAsync(string prefix, string startOffset, string? pageToken, CancellationToken cancellationToken)
        {
            Requests++;
            var rest = _names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)
                && (!CanBeginAtName || ObjectNameOrder.Instance.Compare(name, startOffset) >= 0)
                && (pageToken is null || ObjectNameOrder.Instance.Compare(name, pageToken) > 0)).Take(pageSize + 1).ToList();
            var page = rest.Take(pageSize).ToList();
            return Task.FromResult(new ObjectListPage([.. page.Select(Object)], [], rest.Count > pageSize ? page[^1] : null));
        }

        public Task<ObjectContent> OpenReadAsync(string objectName, long? generation, ByteRange? range, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
