using CodRetrieve.Catalog;
using CodRetrieve.Planning;
using CodRetrieve.Storage;

namespace CodRetrieve.Tests.Planning;

public sealed class WorkQueueTests : IDisposable
{
    private const int Megabyte = 1024 * 1024;

    private readonly WorkQueue<Series> _queue = new(() => 2);

    public void Dispose() => _queue.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Segments_go_out_in_the_order_in_which_the_series_came()
    {
        var (first, second) = (await SeriesAsync(3), await SeriesAsync(1));
        _queue.Add(first);
        _queue.Add(second);

        Assert.Same(first, Take());
        Assert.Same(second, Take());
        Assert.Null(_queue.TryTake());
    }

    [Fact(Timeout = 30_000)]
    public async Task Segments_become_smaller_with_what_is_left_of_all_series()
    {
        var (first, second) = (await SeriesAsync(20), await SeriesAsync(20));
        _queue.Add(first);
        _queue.Add(second);
        var lengths = new List<long>();
        while (_queue.TryTake() is (_, var item))
        {
            lengths.Add(item.Segment!.Range.Length / Megabyte);
        }

        Assert.Equal(40, lengths.Sum());
        Assert.Equal(10, lengths[0]);
        Assert.Equal(4, lengths[^2]);
        Assert.True(lengths.Count > 6);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_a_release_makes_ready_goes_out_before_later_series()
    {
        var (first, second) = (await SeriesAsync(1), await SeriesAsync(1));
        _queue.Add(first);
        var taken = Take();
        Assert.Null(_queue.TryTake());
        _queue.Add(second);
        first.Work.AddMismatch(first.Instances[0], Mismatch(first), 0, inScan: false);

        Assert.False(_queue.Release(taken!));

        Assert.Same(first, Take());
        Assert.Same(second, Take());
    }

    [Fact(Timeout = 30_000)]
    public async Task Waiting_ends_with_something_to_take_and_when_all_is_done()
    {
        var waiting = _queue.WaitAsync(CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        var series = await SeriesAsync(1);
        _queue.Add(series);
        Assert.True(await waiting);
        var taken = Take();
        Assert.Null(_queue.TryTake());
        _queue.CompleteAdding();
        waiting = _queue.WaitAsync(CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);

        Assert.True(_queue.Release(taken!));

        Assert.False(await waiting);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_queue_that_is_stopped_hands_out_nothing_more()
    {
        _queue.Add(await SeriesAsync(1));

        _queue.Stop();

        Assert.Null(_queue.TryTake());
        Assert.False(await _queue.WaitAsync(CancellationToken.None));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_series_that_was_planned_again_takes_the_place_of_the_abandoned_one()
    {
        var (abandoned, later, again) = (await SeriesAsync(1), await SeriesAsync(1), await SeriesAsync(1));
        _queue.Add(abandoned);
        _queue.Add(later);
        Assert.Same(abandoned, Take());
        abandoned.Work.Abandon();
        Assert.True(_queue.Release(abandoned));

        Assert.False(_queue.Replace(abandoned, again));

        Assert.Same(again, Take());
        Assert.Same(later, Take());
    }

    private Series? Take() => _queue.TryTake()?.Series;

    private static InstanceIntegrityException Mismatch(Series series) => InstanceIntegrityException.WrongSize(series.Instances[0], 1, 2);

    private static async Task<Series> SeriesAsync(int instances)
    {
        var list = new List<InstanceInfo>();
        var info = new SeriesInfo { StudyInstanceUid = "1", SeriesInstanceUid = "2", TarUri = "gs://b/2.tar", Instances = list };
        list.AddRange(Enumerable.Range(0, instances).Select(i => new InstanceInfo
        {
            Series = info,
            SopInstanceUid = $"3.{i}",
            SizeBytes = Megabyte,
            Crc32c = 1,
            TarRange = new ByteRange(i * Megabyte, (i + 1) * Megabyte),
        }));
        var listing = new SeriesListing { Series = info, TarName = "2.tar", IndexName = "2/metadata.json", Tar = new ObjectInfo { Name = "2.tar", SizeBytes = instances * Megabyte } };
        var content = new SeriesContent(listing, new SeriesIndex(info, []), null, SeriesProblem.None);
        return new Series(list, new SeriesWork(await SeriesDelta.CreateAsync(content, null, null, CancellationToken.None)));
    }

    private sealed record Series(IReadOnlyList<InstanceInfo> Instances, SeriesWork Work, bool IsPrefetched = false) : IQueuedSeries;
}
