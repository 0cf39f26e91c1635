using CodRetrieve.Catalog;
using CodRetrieve.Storage;

namespace CodRetrieve.Tests.Catalog;

public sealed class StudyListingBuilderTests
{
    private const string Under = "p/studies/1/series/";

    [Fact]
    public void Gathers_the_objects_of_each_series()
    {
        var listing = Build("2.tar", "2/metadata.json", "2/index.sqlite", "2/thumbnail.jpg", "3/.gradient.lock", "3/error.log", "3/metadata.json");
        Assert.Equal("2 3", string.Join(' ', listing.Series.Select(series => series.Series.SeriesInstanceUid)));
        var (second, third) = (listing.Series[0], listing.Series[1]);
        Assert.Equal(Under + "2.tar", second.Tar!.Name);
        Assert.Equal(Under + "2/metadata.json", second.Index!.Name);
        Assert.Equal("gs://b/p/studies/1/series/2.tar", second.Series.TarUri);
        Assert.False(second.HasLock || second.HasErrorLog || second.IsPrefixOnly);
        Assert.Null(third.Tar);
        Assert.True(third.HasLock && third.HasErrorLog);
        Assert.Equal(Under + "3.tar", third.TarName);
        Assert.Equal(Under + "3/metadata.json", third.IndexName);
    }

    [Fact]
    public void Pages_in_any_order_give_the_same()
    {
        var builder = new StudyListingBuilder("1", Under, name => name);
        builder.Add(Page("3/metadata.json"));
        builder.Add(Page("2.tar"));
        builder.Add(Page("3.tar"));
        var series = builder.Build().Series;
        Assert.Equal("2 3", string.Join(' ', series.Select(one => one.Series.SeriesInstanceUid)));
        Assert.True(series[1] is { Tar: not null, Index: not null });
    }

    [Fact]
    public void Folded_names_say_that_there_is_a_folder()
    {
        var builder = new StudyListingBuilder("1", Under, name => name);
        builder.Add(new ObjectListPage([new ObjectInfo { Name = Under + "2.tar", SizeBytes = 1 }], [Under + "2/"], null));
        Assert.True(Assert.Single(builder.Build().Series) is { IsPrefixOnly: true, Index: null, Tar: not null });
    }

    [Theory]
    [InlineData("")]
    [InlineData("notes.txt")]
    [InlineData("2.tar.bak")]
    public void Objects_that_belong_to_no_series_are_left_alone(string name) => Assert.False(Build(name).Exists);

    [Theory]
    [InlineData("../metadata.json")]
    [InlineData("a b/metadata.json")]
    [InlineData("CON/metadata.json")]
    public void A_series_whose_name_cannot_be_a_folder_is_reported_once(string name)
    {
        var listing = Build(name, name, "2.tar");
        Assert.Single(listing.Series);
        Assert.Single(listing.Problems);
        Assert.True(listing.Exists);
    }

    [Theory]
    [InlineData("..tar")]
    [InlineData(".tar")]
    [InlineData("CON.tar")]
    [InlineData("a b.tar")]
    [InlineData("//x.tar")]
    public void A_tar_whose_name_is_none_of_a_series_is_left_out_with_a_warning(string name)
    {
        var listing = Build(name, "2.tar", "3.tar");
        Assert.Empty(listing.Problems);
        Assert.Contains(name, Assert.Single(listing.Series.SelectMany(series => series.WarningsOfStudy)), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_series_that_would_share_a_folder_the_first_counts()
    {
        var listing = Build("AB.tar", "AB/metadata.json", "ab.tar", "ab/metadata.json");
        Assert.Equal("AB", Assert.Single(listing.Series).Series.SeriesInstanceUid);
        Assert.Single(listing.Problems);
    }

    [Fact]
    public void Nothing_is_no_study() => Assert.False(Build().Exists);

    [Theory]
    [InlineData("p/studies/10/series/2.tar")]
    [InlineData("p/studies/1/series")]
    [InlineData("other")]
    public void Objects_of_another_study_are_refused(string name)
    {
        var builder = new StudyListingBuilder("1", Under, one => one);
        var item = new ObjectInfo { Name = name, SizeBytes = 1 };
        Assert.Throws<CodFormatException>(() => builder.Add(new ObjectListPage([item], [], null)));
        Assert.Throws<CodFormatException>(() => builder.Add(new ObjectListPage([], [name], null)));
    }

    private static StudyListing Build(params string[] names)
    {
        var builder = new StudyListingBuilder("1", Under, name => "gs://b/" + name);
        builder.Add(Page(names));
        return builder.Build();
    }

    private static ObjectListPage Page(params string[] names) =>
        new([.. names.Select(name => new ObjectInfo { Name = Under + name, SizeBytes = 1 })], [], null);
}
