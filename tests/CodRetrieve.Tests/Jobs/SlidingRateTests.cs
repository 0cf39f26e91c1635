using CodRetrieve.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.Tests.Jobs;

public sealed class SlidingRateTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Is_zero_before_any_time_has_passed() => Assert.Equal(0, NewRate().Add(100));

    [Fact]
    public void Is_the_growth_a_second()
    {
        var rate = NewRate();
        rate.Add(0);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(500, rate.Add(1000));
    }

    [Fact]
    public void Forgets_what_is_older_than_the_window()
    {
        var rate = NewRate();
        rate.Add(0);
        _time.Advance(TimeSpan.FromSeconds(1));
        rate.Add(1_000_000);
        for (var i = 0; i < 9; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            rate.Add(1_000_000);
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, rate.Add(1_000_000));
    }

    [Fact]
    public void Falls_while_nothing_arrives()
    {
        var rate = NewRate();
        rate.Add(0);
        _time.Advance(TimeSpan.FromSeconds(1));
        var before = rate.Add(1000);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(before / 2, rate.Add(1000));
    }

    private SlidingRate NewRate() => new(_time, TimeSpan.FromSeconds(10));
}
