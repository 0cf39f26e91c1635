using CodRetrieve.Planning;
using CodRetrieve.Storage;

namespace CodRetrieve.Tests.Planning;

public sealed class SegmentCutterTests
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void The_offset_of_an_instance_without_a_crc_counts_only_where_it_is_to_be_tried(bool trustsOffsets, int byOffset)
    {
        var plan = SegmentCutter.Create([new InstanceInfo { Series = Series, SopInstanceUid = "u", TarRange = new ByteRange(0, 10) }], 100, trustsOffsets);
        Assert.Equal((byOffset, 1 - byOffset), (plan.ByOffset.Count, plan.ByName.Count));
    }

    private static readonly SeriesInfo Series = new() { StudyInstanceUid = "1", SeriesInstanceUid = "2", TarUri = "gs://b/1.tar" };

    [Fact]
    public void Instances_in_a_row_share_a_segment_up_to_the_target()
    {
        var plan = SegmentCutter.Create([At(1_000, 100), At(1_200, 100), At(1_400, 100)], 10_000);
        Assert.Equal(300, plan.UncutBytes);

        AssertSegment(plan.CutNext(300), 1_000, 1_300, count: 2);
        Assert.Equal(100, plan.UncutBytes);
        AssertSegment(plan.CutNext(300), 1_400, 1_500, count: 1);
        Assert.True(plan.IsCut);
        Assert.Null(plan.CutNext(300));
    }

    [Fact]
    public void One_larger_instance_is_a_segment_alone()
    {
        var plan = SegmentCutter.Create([At(0, 5_000), At(5_000, 10)], 10_000);
        AssertSegment(plan.CutNext(300), 0, 5_000, count: 1);
        AssertSegment(plan.CutNext(300), 5_000, 5_010, count: 1);
    }

    [Theory]
    [InlineData(SegmentCutter.MaxGapBytes, 1)]
    [InlineData(SegmentCutter.MaxGapBytes + 1, 2)]
    public void A_gap_is_read_through_up_to_the_bound(long gap, int segments)
    {
        var plan = SegmentCutter.Create([At(0, 10), At(10 + gap, 10)], 10_000_000);
        Assert.Equal(segments, CutAll(plan, long.MaxValue).Count);
    }

    [Fact]
    public void An_instance_may_end_where_the_tar_ends_but_not_behind()
    {
        var fits = At(90, 10);
        var beyond = At(91, 10);
        var plan = SegmentCutter.Create([beyond, fits], 100);
        Assert.Same(beyond, Assert.Single(plan.BeyondTar));
        Assert.Same(fits, Assert.Single(plan.CutNext(1)!.Instances));
    }

    [Fact]
    public void What_overlaps_or_has_no_offsets_is_looked_for_by_name()
    {
        var first = At(0, 100);
        var same = At(0, 100);
        var within = At(50, 10);
        var behind = At(100, 10);
        var unknown = new InstanceInfo { Series = Series, SopInstanceUid = "u" };
        var plan = SegmentCutter.Create([unknown, within, behind, first, same], 1_000);
        Assert.Equal(3, plan.ByName.Count);
        Assert.Contains(unknown, plan.ByName);
        Assert.Contains(within, plan.ByName);
        AssertSegment(plan.CutNext(1_000), 0, 110, count: 2);
    }

    [Fact]
    public void A_plan_of_nothing_is_cut()
    {
        var plan = SegmentCutter.Create([], 0);
        Assert.True(plan.IsCut);
        Assert.Null(plan.CutNext(1));
    }

    [Fact]
    public void Random_series_are_cut_without_loss_or_overlap()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            AssertCutWell(new Random(seed), $"seed {seed}");
        }
    }

    private static void AssertCutWell(Random random, string seed)
    {
        var tarSize = random.NextInt64(1, 20_000_000);
        var instances = Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.Next(10) switch
        {
            0 => new InstanceInfo { Series = Series, SopInstanceUid = "u" },
            1 => At(random.NextInt64(tarSize * 2), random.NextInt64(1, tarSize)),
            _ => At(random.NextInt64(tarSize), random.NextInt64(1, 300_000)),
        }).ToList();
        var plan = SegmentCutter.Create(instances, tarSize);
        var uncut = plan.UncutBytes;
        var target = random.NextInt64(1, 3_000_000);
        var segments = CutAll(plan, target);

        var all = segments.SelectMany(segment => segment.Instances).Concat(plan.ByName).Concat(plan.BeyondTar).ToList();
        Assert.True(all.Count == instances.Count && all.ToHashSet().SetEquals(instances), seed);
        Assert.True(plan.BeyondTar.All(instance => instance.TarRange!.Value.EndExclusive > tarSize), seed);
        Assert.True(uncut == segments.Sum(segment => segment.Instances.Sum(instance => instance.TarRange!.Value.Length)), seed);
        Assert.True(plan is { UncutBytes: 0, IsCut: true }, seed);
        long end = 0;
        foreach (var segment in segments)
        {
            Assert.True(segment.Range.Start >= end && segment.Range.EndExclusive <= tarSize, seed);
            Assert.True(segment.Range.Length <= target || segment.Instances.Count == 1, seed);
            Assert.True(segment.Range.Start == segment.Instances[0].TarRange!.Value.Start, seed);
            end = segment.Range.Start;
            foreach (var range in segment.Instances.Select(instance => instance.TarRange!.Value))
            {
                Assert.True(range.Start >= end && range.Start - end <= SegmentCutter.MaxGapBytes, seed);
                end = range.EndExclusive;
            }

            Assert.True(segment.Range.EndExclusive == end, seed);
        }
    }

    private static List<Segment> CutAll(SegmentCutter plan, long target)
    {
        var segments = new List<Segment>();
        while (plan.CutNext(target) is { } segment)
        {
            segments.Add(segment);
        }

        return segments;
    }

    private static void AssertSegment(Segment? segment, long start, long end, int count)
    {
        Assert.Equal(new ByteRange(start, end), segment!.Range);
        Assert.Equal(count, segment.Instances.Count);
    }

    private static InstanceInfo At(long start, long size) =>
        new() { Series = Series, SopInstanceUid = "i", SizeBytes = size, TarRange = new ByteRange(start, start + size), Crc32c = 1 };
}
