using CodRetrieve.IO;

namespace CodRetrieve.Tests.IO;

public sealed class PartialNameTests
{
    // Of an encrypted home folder (eCryptfs).
    private const int ShortestNameMax = 143;

    [Theory]
    [InlineData(".zip")]
    [InlineData("")]
    public void The_name_of_what_is_written_of_the_longest_uid_fits_a_file_system_with_short_names(string extension) =>
        Assert.InRange(PartialName.Create(new string('1', 64) + extension, PartialName.NewId()).Length, 64, ShortestNameMax);

    [Fact]
    public void A_name_is_split_into_what_it_was_made_of()
    {
        Assert.True(PartialName.TryParse(PartialName.Create("1.2.3.zip", "0123abcd"), out var name, out var owner));
        Assert.Equal(("1.2.3.zip", "0123abcd"), (name, owner));
    }

    [Theory]
    [InlineData("1.2.3.zip")]
    [InlineData(".1.2.3.zip.partial")]
    [InlineData(".1.2.3.zip.0123abcd.partial")]
    [InlineData(".1.2.3.zip.0123abcd.0123ABCD.partial")]
    [InlineData(".0123abcd.0123abcd.partial")]
    public void Other_names_are_none(string name) => Assert.False(PartialName.TryParse(name, out _, out _));
}
