using CodRetrieve.Cli.Input;
using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests;

public sealed class LimitRateTests
{
    [Theory]
    [InlineData("20M", 20_000_000)]
    [InlineData("500k", 500_000)]
    [InlineData("1G", 1_000_000_000)]
    [InlineData("1.5M", 1_500_000)]
    [InlineData("1024", 1024)]
    [InlineData(" 2K ", 2000)]
    [InlineData("999999999G", 999_999_999_000_000_000)]
    public void Rates_are_bytes_a_second(string text, long expected)
    {
        Assert.True(ByteRate.TryParse(text, out var rate));
        Assert.Equal(expected, rate);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-5M")]
    [InlineData("fast")]
    [InlineData("20MB")]
    [InlineData("20 M")]
    [InlineData("1,5M")]
    [InlineData(".5M")]
    [InlineData("9999999999G")]
    public void Other_texts_are_invalid(string text) => Assert.False(ByteRate.TryParse(text, out _));

    [Fact]
    public void The_rate_reaches_the_library()
    {
        var request = new Request { Bucket = TestStore.Url, Studies = ["1.2.3"], Network = new() { LimitRate = 20_000_000 } };
        var terminal = new Terminal(TextWriter.Null, TextWriter.Null, new Dictionary<string, string?>(StringComparer.Ordinal));

        Assert.Equal(20_000_000, Session.Options(request, BucketChoice.Parse(request.Bucket, token: null), terminal).MaxBytesPerSecond);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_limited_download_is_whole()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var result = await store.DownloadAsync(study, "--limit-rate", "50M");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(study.Expected(), SavedFiles.In(store.Folder.Output, zip: false));
    }
}
