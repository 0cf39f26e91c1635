using CodRetrieve.Catalog;

namespace CodRetrieve.Tests.Catalog;

public sealed class SafeUidTests
{
    [Theory]
    [InlineData("1.2.840.10008.1")]
    [InlineData("2.25.329800735698586629295641978511506172918")]
    [InlineData("a")]
    [InlineData("abc_DEF-0")]
    [InlineData("console")]
    [InlineData("com10")]
    public void Names_that_any_file_system_takes_are_safe(string name) => Assert.True(SafeUid.IsSafe(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".1")]
    [InlineData("1.")]
    [InlineData("-1")]
    [InlineData("1/2")]
    [InlineData("1\\2")]
    [InlineData("1:2")]
    [InlineData("1 2")]
    [InlineData("1\n2")]
    [InlineData("1\02")]
    [InlineData("1*")]
    [InlineData("\u00e4")]
    [InlineData("\u0661")]
    [InlineData("CON")]
    [InlineData("nul")]
    [InlineData("Aux.1.2")]
    [InlineData("com1")]
    [InlineData("LPT9.tar")]
    public void Names_that_lead_elsewhere_are_not(string name) => Assert.False(SafeUid.IsSafe(name));

    [Fact]
    public void Length_is_bounded()
    {
        Assert.True(SafeUid.IsSafe(new string('1', 128)));
        Assert.False(SafeUid.IsSafe(new string('1', 129)));
    }
}
