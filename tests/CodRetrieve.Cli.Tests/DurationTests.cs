using CodRetrieve.Cli.Input;

namespace CodRetrieve.Cli.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("45", 45)]
    [InlineData("45s", 45)]
    [InlineData("15m", 900)]
    [InlineData("1.5H", 5_400)]
    [InlineData("0.2s", 0.2)]
    [InlineData(" 30d ", 2_592_000)]
    public void Reads_seconds_minutes_hours_and_days(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1s")]
    [InlineData("1w")]
    [InlineData("1h30m")]
    [InlineData("31d")]
    [InlineData("1e3")]
    public void Refuses_what_is_no_length_of_time(string text) => Assert.False(Duration.TryParse(text, out _));
}
