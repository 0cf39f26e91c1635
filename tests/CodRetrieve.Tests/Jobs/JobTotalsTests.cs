using CodRetrieve.Catalog;
using CodRetrieve.Jobs;
using CodRetrieve.Planning;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Jobs;

public sealed class JobTotalsTests
{
    private readonly JobTotals _totals = new();

    [Fact]
    public void Estimates_nothing_before_all_is_planned()
    {
        _totals.AddSeries(Run(1000), null);

        Assert.Null(_totals.ToProgress(100, TimeSpan.Zero).EstimatedTimeRemaining);
    }

    [Fact]
    public void Estimates_from_what_is_left_and_the_rate()
    {
        _totals.AddSeries(Run(1000), null);
        _totals.AddBytes(400);
        _totals.Planned();

        Assert.Equal(TimeSpan.FromSeconds(6), _totals.ToProgress(100, TimeSpan.Zero).EstimatedTimeRemaining);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-300)]
    public void Estimates_nothing_while_nothing_comes(double rate)
    {
        _totals.AddSeries(Run(1000), null);
        _totals.Planned();

        Assert.Null(_totals.ToProgress(rate, TimeSpan.Zero).EstimatedTimeRemaining);
    }

    [Fact]
    public void Nothing_left_takes_no_time()
    {
        _totals.AddSeries(Run(1000), null);
        _totals.AddBytes(1000);
        _totals.Planned();

        Assert.Equal(TimeSpan.Zero, _totals.ToProgress(0, TimeSpan.Zero).EstimatedTimeRemaining);
    }

    [Fact]
    public void A_series_planned_anew_counts_once()
    {
        var first = Run(1000, 500);
        _totals.AddSeries(first, null);
        first.Progress.Add(1000);
        first.AddSaved(first.Series.Instances[0], 1000);

        _totals.AddSeries(Run(first, 500), first);

        var progress = _totals.ToProgress(0, TimeSpan.Zero);
        Assert.Equal(1, progress.SeriesDiscovered);
        Assert.Equal(2, progress.InstancesWanted);
        Assert.Equal(1500, progress.BytesWanted);
    }

    private static SeriesRun Run(params long?[] sizes) => Run(null, sizes);

    private static SeriesRun Run(SeriesRun? before, params long?[] sizes)
    {
        var series = TestSeries.WithSizes("1.2", "1.2.3", sizes);
        var listing = new SeriesListing
        {
            Series = series,
            TarName = "series.tar",
            IndexName = "series/metadata.json",
        };
        var content = new SeriesContent(listing, new SeriesIndex(series.Instances, []), null, SeriesProblem.None);
        return new SeriesRun(new StudyRun("1.2"), SeriesDelta.Create(content, static _ => false), before);
    }
}
