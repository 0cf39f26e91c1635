using CodRetrieve.Service.Pages;

namespace CodRetrieve.Service.Tests.Pages;

public sealed class WordsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.00 KiB")]
    [InlineData(10_240, "10.0 KiB")]
    [InlineData(1_048_576 * 150L, "150 MiB")]
    [InlineData(long.MaxValue, "8.00 EiB")]
    public void Sizes_have_three_digits_and_a_binary_unit(long bytes, string text) => Assert.Equal(text, Words.Bytes(bytes));

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(1, 1_000_000, 1)]
    [InlineData(999_999, 1_000_000, 99)]
    [InlineData(10, 10, 100)]
    [InlineData(0, 0, 0)]
    public void A_hundred_percent_is_all_and_nothing_else(long part, long whole, int percent) => Assert.Equal(percent, Words.Percent(part, whole));

    [Theory]
    [InlineData(0.2, "less than 1 s")]
    [InlineData(75, "75 s")]
    [InlineData(600, "10 min")]
    [InlineData(7_500, "2 h 5 min")]
    [InlineData(200_000, "2 d 7 h")]
    public void Durations_have_the_units_that_people_think_in(double seconds, string text) => Assert.Equal(text, Words.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void A_noun_has_its_number() => Assert.Equal(["0 studies", "1 study", "1,000 studies"], new long[] { 0, 1, 1000 }.Select(Words.Studies));

    [Theory]
    [InlineData("Ada Lovelace (key:0123)", "Ada Lovelace")]
    [InlineData("service", "service")]
    [InlineData("A (B) (oidc:1)", "A (B)")]
    public void A_caller_is_shown_by_name(string caller, string name) => Assert.Equal(name, StateWords.NameOf(caller));
}
