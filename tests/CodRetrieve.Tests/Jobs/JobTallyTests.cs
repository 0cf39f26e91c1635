using CodRetrieve.Catalog;
using CodRetrieve.IO;
using CodRetrieve.Jobs;
using CodRetrieve.Planning;
using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Tests.Jobs;

public sealed class JobTallyTests : IDisposable
{
    private readonly JobTally _tally = new(wantsStats: false);
    private readonly ObjectReader _objects = new(new MemoryStore(), new RequestPolicy(new CodDownloadOptions(), NullLogger.Instance), RequestBudget.Fixed(1));
    private readonly JobEvents _events = new(_ => { }, null, null, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
    private readonly JobContext _job;

    public JobTallyTests() => _job = new JobContext(
        _objects, new CodCatalog(_objects, null, NullLogger.Instance), new MemorySaveHandler(), new JobControl(), new CodDownloadOptions(), _tally, NullLogger.Instance, CancellationToken.None)
    { Events = _events };

    public void Dispose()
    {
        _job.Dispose();
        _events.Dispose();
    }

    [Fact]
    public async Task Estimates_nothing_before_everything_is_planned()
    {
        _tally.Open(await RunAsync(null, 1000));

        Assert.Null(_tally.ToProgress(100, TimeSpan.Zero).EstimatedTimeRemaining);
    }

    [Fact]
    public async Task Estimates_from_what_is_left_and_the_rate()
    {
        var run = await RunAsync(null, 1000);
        _tally.Open(run);
        run.Tally.Progress.Add(400);
        _tally.CompletePlanning();

        Assert.Equal(TimeSpan.FromSeconds(6), _tally.ToProgress(100, TimeSpan.Zero).EstimatedTimeRemaining);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-300)]
    public async Task Estimates_nothing_while_nothing_arrives(double rate)
    {
        _tally.Open(await RunAsync(null, 1000));
        _tally.CompletePlanning();

        Assert.Null(_tally.ToProgress(rate, TimeSpan.Zero).EstimatedTimeRemaining);
    }

    [Fact]
    public async Task Nothing_left_takes_no_time()
    {
        var run = await RunAsync(null, 1000);
        _tally.Open(run);
        run.Tally.Progress.Add(1000);
        _tally.CompletePlanning();

        Assert.Equal(TimeSpan.Zero, _tally.ToProgress(0, TimeSpan.Zero).EstimatedTimeRemaining);
    }

    [Fact]
    public async Task A_series_that_is_planned_again_counts_once_and_keeps_what_was_saved()
    {
        var first = await RunAsync(null, 1000, 500);
        _tally.Open(first);
        first.Tally.Progress.Add(1000);
        first.Ledger.Add(first.Series.Instances[0], null, 1000, isUpdate: false);
        first.Tally.AddSaved(first.Series.Instances[0], 1000);

        _tally.Replace(first, await RunAsync(first, 1000, 500));

        var progress = _tally.ToProgress(0, TimeSpan.Zero);
        Assert.Equal(1, progress.SeriesDiscovered);
        Assert.Equal((2, 1), (progress.InstancesWanted, progress.InstancesSaved));
        Assert.Equal((1500, 1000), (progress.BytesWanted, progress.BytesReceived));
    }

    [Fact]
    public async Task Failures_of_a_run_that_was_planned_again_do_not_count()
    {
        var first = await RunAsync(null, 1000);
        _tally.Open(first);
        first.Fail(first.Series.Instances[0], new IOException("gone"));
        var again = await RunAsync(first, 1000);
        _tally.Replace(first, again);
        again.Ledger.Add(again.Series.Instances[0], null, 1000, isUpdate: false);
        again.Tally.AddSaved(again.Series.Instances[0], 1000);
        _tally.Close(again);
        _tally.CompletePlanning();

        Assert.Equal(0, _tally.ToProgress(0, TimeSpan.Zero).InstancesFailed);
        var (result, unreported) = _tally.ToResult(TimeSpan.Zero, null, null);
        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal((1, 0), (result.InstancesSaved, result.InstancesFailed));
        Assert.Empty(unreported);
    }

    [Fact(Timeout = 30_000)]
    public async Task Studies_that_another_job_was_saving_are_numbered_anew_and_their_statistics_take_no_place_of_others()
    {
        var tally = new JobTally(wantsStats: true);
        var run = await RunAsync(null, 1000);

        tally.AddStats(0, 0, run.Delta.ToStats(keepsInstances: false));
        tally.AddStats(1, 0, run.Delta.ToStats(keepsInstances: false));
        tally.AddStats(0, 0, run.Delta.ToStats(keepsInstances: false));

        Assert.Equal(3, tally.CompletePlanning().SeriesTotal);
    }

    private async Task<SeriesRun> RunAsync(SeriesRun? abandoned, params long?[] sizes)
    {
        var series = TestSeries.WithSizes("1.2", "1.2.3", sizes);
        var listing = new SeriesListing { Series = series, TarName = "series.tar", IndexName = "series/metadata.json" };
        var content = new SeriesContent(listing, new SeriesIndex(series, []), null, SeriesProblem.None);
        var delta = await SeriesDelta.CreateAsync(
            content, (_, _) => ValueTask.FromResult(SeriesHoldings.None), abandoned?.Ledger, CancellationToken.None);
        return new SeriesRun(_job, new StudyRun("1.2", new CoalescedOperation<StudyListing>(() => throw new InvalidOperationException())), delta, abandoned);
    }
}
