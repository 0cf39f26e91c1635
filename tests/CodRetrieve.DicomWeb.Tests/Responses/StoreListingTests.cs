using System.Text;

namespace CodRetrieve.DicomWeb.Tests.Responses;

/// <summary>Bodies of store responses, as receivers give them.</summary>
public sealed class StoreListingTests
{
    private const string Json = """{"00081199":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.2"]}},{"00081155":{"vr":"UI","Value":["1.3\u0000"]},"00081196":{"vr":"US","Value":[45056]}}]},"00081198":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.4"]},"00081197":{"vr":"US","Value":["272"]}},{"00081155":{"vr":"UI","Value":["1.5"]}}]}}""";

    [Theory]
    [InlineData(Json)]
    [InlineData("[" + Json + "]")]
    [InlineData("\uFEFF \r\n" + Json)]
    public void Json_is_read_with_and_without_reasons(string body)
    {
        var listing = StoreListing.Parse(Encoding.UTF8.GetBytes(body));

        Assert.Equal([new("1.2", null), new("1.3", 45056)], listing.Stored);
        Assert.Equal([new("1.4", 272), new("1.5", null)], listing.Failed);
    }

    [Fact]
    public void Xml_is_read_with_and_without_a_namespace()
    {
        foreach (var ns in new[] { "", " xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\"" })
        {
            var body = $"""<NativeDicomModel{ns}><DicomAttribute tag="00081199" vr="SQ"><Item number="1"><DicomAttribute tag="00081155" vr="UI"><Value number="1">1.2</Value></DicomAttribute></Item></DicomAttribute><DicomAttribute tag="00081198" vr="SQ"><Item number="1"><DicomAttribute tag="00081155" vr="UI"><Value number="1">1.4</Value></DicomAttribute><DicomAttribute tag="00081197" vr="US"><Value number="1">272</Value></DicomAttribute></Item></DicomAttribute></NativeDicomModel>""";

            var listing = StoreListing.Parse(Encoding.UTF8.GetBytes(body));

            Assert.Equal([new("1.2", null)], listing.Stored);
            Assert.Equal([new("1.4", 272)], listing.Failed);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("OK")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("[1, null]")]
    [InlineData("null")]
    [InlineData("""{"00081199":null}""")]
    [InlineData("""{"00081199":{"vr":"SQ"}}""")]
    [InlineData("""{"00081199":{"Value":[null,1,{"00081155":{"Value":[null]}},{"00081155":{"Value":[{}]}},{"00081155":7}]}}""")]
    [InlineData("""{"0008114A":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.2"]}}]}}""")]
    [InlineData("<html><body>stored<br></body></html>")]
    [InlineData("""<!DOCTYPE x [<!ENTITY a "aaaa">]><NativeDicomModel>&a;</NativeDicomModel>""")]
    [InlineData("""<NativeDicomModel><DicomAttribute tag="00081199"><Item><DicomAttribute tag="00081155"><Value>1.2""")]
    public void What_is_no_listing_lists_nothing(string body)
    {
        var listing = StoreListing.Parse(Encoding.UTF8.GetBytes(body));

        Assert.Empty(listing.Stored);
        Assert.Empty(listing.Failed);
    }

    [Fact]
    public void A_listing_cut_anywhere_lists_nothing()
    {
        var body = Encoding.UTF8.GetBytes(Json);

        for (var length = 0; length < body.Length; length++)
        {
            Assert.Empty(StoreListing.Parse(body.AsMemory(0, length)).Stored);
        }
    }

    [Fact]
    public void Deep_nesting_is_no_listing() => Assert.Empty(StoreListing.Parse(Encoding.UTF8.GetBytes(new string('[', 100_000))).Stored);
}
