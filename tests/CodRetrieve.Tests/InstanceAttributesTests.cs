using System.Text;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

public sealed class InstanceAttributesTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const string Json = """
        {"00080060":{"vr":"CS","Value":["CT"]},
         "0008103E":{"vr":"LO","Value":["  Thorax \u00e4\ud83d\ude00\u0000"]},
         "00080008":{"vr":"CS","Value":["ORIGINAL","PRIMARY",null,"AXIAL"]},
         "00100010":{"vr":"PN","Value":[{"Alphabetic":"Yamada^Tarou","Ideographic":"山田^太郎"}]},
         "00180050":{"vr":"DS","Value":[1.25]},
         "00181151":{"vr":"IS","Value":["120"]},
         "00200013":{"vr":"IS","Value":[7]},
         "00080020":{"vr":"DA","Value":["20240131"]},
         "0008002A":{"vr":"DT","Value":["20240131093000.5+0100"]},
         "00281050":{"vr":"DS","Value":[NaN]},
         "00081030":{"vr":"LO"},
         "00081032":{"vr":"SQ","Value":[]},
         "00020001":{"vr":"OB","InlineBinary":"AAE="},
         "7FE00010":{"vr":"OW","BulkDataURI":{"uri":"gs://x","head":"\u0000"}},
         "00400275":{"vr":"SQ","Value":[{"00401001":{"vr":"SH","Value":["A-1"]}},{"00401001":{"vr":"SH","Value":["A-2"]}},{}]}}
        """;

    [Theory]
    [InlineData("Modality", "CT")]
    [InlineData("00080060", "CT")]
    [InlineData("SeriesDescription", "Thorax ä😀")]
    [InlineData("ImageType", "ORIGINAL")]
    [InlineData("PatientName", "Yamada^Tarou=山田^太郎")]
    [InlineData("SliceThickness", "1.25")]
    [InlineData("RequestAttributesSequence[0].RequestedProcedureID", "A-1")]
    [InlineData("RequestAttributesSequence[1].RequestedProcedureID", "A-2")]
    [InlineData("RequestAttributesSequence[2].RequestedProcedureID", null)]
    [InlineData("RequestAttributesSequence[3].RequestedProcedureID", null)]
    [InlineData("StudyDescription", null)]
    [InlineData("ProcedureCodeSequence.CodeValue", null)]
    [InlineData("WindowCenter", null)]
    [InlineData("PixelData", null)]
    [InlineData("Rows", null)]
    public void An_attribute_is_its_first_value_as_text(string attribute, string? value) => Assert.Equal(value, Of(Json)[attribute]);

    [Fact]
    public void Numbers_dates_and_lists_are_read_as_such()
    {
        var attributes = Of(Json);

        Assert.Equal(1.25m, attributes.GetDecimal("SliceThickness"));
        Assert.Null(attributes.GetInt32("SliceThickness"));
        Assert.Equal(120, attributes.GetInt32("ExposureTime") ?? attributes.GetInt32("XRayTubeCurrent"));
        Assert.Equal(7, attributes.GetInt32("InstanceNumber"));
        Assert.Equal(new DateOnly(2024, 1, 31), attributes.GetDate("StudyDate"));
        Assert.Equal(new DateOnly(2024, 1, 31), attributes.GetDate("AcquisitionDateTime"));
        Assert.Null(attributes.GetDate("Modality"));
        Assert.Null(attributes.GetDecimal("WindowCenter"));
        Assert.Equal(["ORIGINAL", "PRIMARY", "AXIAL"], attributes.GetValues("ImageType"));
        Assert.Equal(["A-1", "A-2"], attributes.GetValues("RequestAttributesSequence.RequestedProcedureID"));
        Assert.True(attributes.Contains("StudyDescription"));
        Assert.True(attributes.Contains("PixelData"));
        Assert.False(attributes.Contains("Rows"));
    }

    [Fact]
    public void An_unknown_keyword_is_refused_with_the_nearest() =>
        Assert.Contains("Modality", Assert.Throws<ArgumentException>(() => Of(Json)["Modalty"]).Message, StringComparison.Ordinal);

    [Fact]
    public void Says_nothing_of_the_patient_when_it_is_printed() => Assert.Equal("InstanceAttributes", Of(Json).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{")]
    [InlineData("{\"00080060\":{\"vr\":\"CS\",\"Value\":[\"CT\"]}")]
    [InlineData("{\"00080060\":{\"vr\":\"CS\",\"Value\":[\"CT")]
    [InlineData("{\"00080060\"")]
    [InlineData("{\"00080060\":")]
    [InlineData("{\"00080060\":\"\\")]
    [InlineData("{]")]
    [InlineData("{\"a\":[[[[")]
    public void Damaged_attributes_have_no_values(string json)
    {
        Assert.Null(Of(json)["Modality"]);
        Assert.False(Of(json).Contains("Modality"));
    }

    [Fact]
    public void Nesting_beyond_a_bound_and_endless_values_harm_nothing()
    {
        Assert.Null(Of("{\"00081115\":" + new string('[', 100_000) + "}")["Modality"]);
        Assert.Null(Of("{\"0008103E\":{\"vr\":\"LO\",\"Value\":[\"" + new string('x', 100_000) + "\"]}}")["SeriesDescription"]);
    }

    [Fact]
    public void Whatever_is_changed_in_them_nothing_is_thrown()
    {
        var random = new Random(TestSeed.Next(output));
        var bytes = Encoding.UTF8.GetBytes(Json);
        var (readable, found) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = bytes[..random.Next(i % 3 == 0 ? bytes.Length : bytes.Length - 1, bytes.Length)].ToArray();
            for (var change = random.Next(0, 4); change > 0; change--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(i % 2 == 0 ? 256 : 128);
            }

            var attributes = new InstanceAttributes(damaged);
            readable += attributes.Dataset.IsReadable ? 1 : 0;
            found += attributes["RequestAttributesSequence[1].RequestedProcedureID"] == "A-2" && attributes["PatientName"] is not null ? 1 : 0;
        }

        Assert.InRange(readable, 500, 19_500);
        Assert.InRange(found, 500, 19_500);
    }

    internal static InstanceAttributes Of(string json) => new(Encoding.UTF8.GetBytes(json));
}
