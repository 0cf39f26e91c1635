using CodRetrieve.Service.Security;

namespace CodRetrieve.Service.Tests.Security;

public sealed class ApiKeyTests
{
    [Fact]
    public void A_key_is_read_back_and_matches_its_hash_only()
    {
        var key = ApiKey.Create();
        var other = ApiKey.Create();

        Assert.True(ApiKey.TryParse(key.Reveal(), out var read));
        Assert.Equal(key.Id, read.Id);
        Assert.True(read.Matches(key.Hash));
        Assert.False(read.Matches(other.Hash));
        Assert.False(read.Matches(new byte[32]));
        Assert.False(read.Matches([]));
    }

    [Fact]
    public void A_key_shows_its_id_and_not_its_secret()
    {
        var key = ApiKey.Create();

        Assert.Equal($"crk_{key.Id}", key.ToString());
        Assert.DoesNotContain(key.Reveal().Split('_')[2], $"{key}", StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_differ() => Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => ApiKey.Create().Reveal()).Distinct(StringComparer.Ordinal).Count());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("crk_")]
    [InlineData("crk_0123456789abcdef")]
    [InlineData("crk_0123456789abcdef_")]
    [InlineData("crk_0123456789abcdef_00112233445566778899aabbccddeeff00112233445566778899aabbccddeef")]
    [InlineData("crk_0123456789abcdef_00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0")]
    [InlineData("crk_0123456789ABCDEF_00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    [InlineData("crk_0123456789abcdef-00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    [InlineData("xrk_0123456789abcdef_00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    [InlineData("crk_0123456789abcd'; _00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    public void Anything_else_is_no_key(string? text) => Assert.False(ApiKey.TryParse(text, out _));
}
