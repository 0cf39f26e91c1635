using CodRetrieve.Dicom;

namespace CodRetrieve.Tests.Dicom;

public sealed class AttributePathTests
{
    [Theory]
    [InlineData("Modality", "Modality")]
    [InlineData("modality", "Modality")]
    [InlineData("00080060", "Modality")]
    [InlineData("(0008,0060)", "Modality")]
    [InlineData("0008103e", "SeriesDescription")]
    [InlineData("00091010", "00091010")]
    [InlineData("RequestAttributesSequence[0].RequestedProcedureID", "RequestAttributesSequence[0].RequestedProcedureID")]
    [InlineData("00400275.(0040,1001)", "RequestAttributesSequence.RequestedProcedureID")]
    [InlineData("00091010[2].PatientID", "00091010[2].PatientID")]
    [InlineData("RequestAttributesSequence", "RequestAttributesSequence")]
    public void Is_written_in_one_form(string text, string printed)
    {
        var path = AttributePath.Parse(text);

        Assert.Equal(printed, path.ToString());
        Assert.Equal(printed, AttributePath.Parse(printed).ToString());
    }

    [Theory]
    [InlineData("", "was expected")]
    [InlineData("Modalty", "Did you mean Modality")]
    [InlineData("Modality.PatientID", "Modality is not a sequence (CS)")]
    [InlineData("Modality[0]", "is not a sequence")]
    [InlineData("RequestAttributesSequence[x].PatientID", "number of an item")]
    [InlineData("RequestAttributesSequence[0.PatientID", "number of an item")]
    [InlineData("RequestAttributesSequence[-1].PatientID", "number of an item")]
    [InlineData("RequestAttributesSequence[99999999999].PatientID", "number of an item")]
    [InlineData("RequestAttributesSequence.", "was expected")]
    [InlineData("Modality CT", "is not the name")]
    [InlineData("(0008,006)", "was expected")]
    public void What_is_none_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => AttributePath.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Nesting_has_a_bound() =>
        Assert.Throws<FormatException>(() => AttributePath.Parse(string.Join('.', Enumerable.Repeat("00400275", 17))));
}
