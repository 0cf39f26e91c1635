using CodRetrieve.Cli.Cohorts;

namespace CodRetrieve.Cli.Tests.Cohorts;

public sealed class CohortUidTests
{
    [Theory]
    [InlineData("1.2E+10", true)]
    [InlineData("1,2E+10", true)]
    [InlineData("1.23457E+23", true)]
    [InlineData("-1.2e-7", true)]
    [InlineData("1E+10", true)]
    [InlineData("1.2E10", true)]
    [InlineData("12e45", false)]
    [InlineData("1.2.3E+10", false)]
    [InlineData("E+10", false)]
    [InlineData("1.2E+", false)]
    [InlineData("1.2E+1000", false)]
    [InlineData("ae.1e2", false)]
    [InlineData("", false)]
    public void A_number_of_a_spreadsheet_is_told_from_an_identifier(string text, bool isNumber) => Assert.Equal(isNumber, CohortUid.IsNumber(text));

    [Theory]
    [InlineData("1.2.840.10008.1", true)]
    [InlineData("_x-1", true)]
    [InlineData("1.2.", false)]
    [InlineData(".1", false)]
    [InlineData("-1", false)]
    [InlineData("1/2", false)]
    [InlineData("1.2\u0663", false)]
    [InlineData("", false)]
    public void An_identifier_is_one_that_can_name_a_folder(string text, bool isValid) => Assert.Equal(isValid, CohortUid.IsValid(text));

    [Fact]
    public void An_identifier_has_at_most_128_characters()
    {
        Assert.True(CohortUid.IsValid(new string('1', 128)));
        Assert.False(CohortUid.IsValid(new string('1', 129)));
    }
}
