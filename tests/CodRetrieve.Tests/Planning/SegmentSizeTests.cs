using CodRetrieve.Planning;

namespace CodRetrieve.Tests.Planning;

public sealed class SegmentSizeTests
{
    [Theory]
    [InlineData(0, 8, SegmentSize.MinBytes)]
    [InlineData(1_000_000, 1, SegmentSize.MinBytes)]
    [InlineData(160L * 1024 * 1024, 8, 10L * 1024 * 1024)]
    [InlineData(100_000_000_000, 8, SegmentSize.MaxBytes)]
    [InlineData(long.MaxValue, 256, SegmentSize.MaxBytes)]
    public void Is_a_share_of_what_is_left_within_bounds(long uncut, int connections, long size) =>
        Assert.Equal(size, SegmentSize.Next(uncut, connections));
}
