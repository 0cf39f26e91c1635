using CodRetrieve.Dicom;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Dicom;

public sealed class DicomDictionaryTests
{
    [Theory]
    [InlineData("Modality", 0x00080060u, "CS")]
    [InlineData("modality", 0x00080060u, "CS")]
    [InlineData("PatientName", 0x00100010u, "PN")]
    [InlineData("SliceThickness", 0x00180050u, "DS")]
    [InlineData("RequestAttributesSequence", 0x00400275u, "SQ")]
    [InlineData("TransferSyntaxUID", 0x00020010u, "UI")]
    [InlineData("PixelData", 0x7FE00010u, "OB")]
    [InlineData("StudyDate", 0x00080020u, "DA")]
    [InlineData("AcquisitionDateTime", 0x0008002Au, "DT")]
    [InlineData("SmallestImagePixelValue", 0x00280106u, "US")]
    [InlineData("ZoomFactor", 0x00280031u, "DS")]
    public void Knows_an_attribute_by_keyword_and_by_tag(string keyword, uint tag, string vr)
    {
        var found = DicomDictionary.Instance.Find(keyword)!.Value;

        Assert.Equal((tag, vr), (found.Tag, found.Vr.ToString()));
        Assert.Equal(found, DicomDictionary.Instance.Find(tag));
    }

    [Fact]
    public void Finds_each_of_its_own_keywords_and_no_other()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "src", "CodRetrieve", "Dicom", "dictionary.tsv"));

        Assert.InRange(lines.Length, 4_500, 10_000);
        Assert.Equal(lines.Length, DicomDictionary.Instance.Count);
        Assert.Equal(lines.Order(Comparer<string>.Create((a, b) => string.Compare(a.Split('\t')[0], b.Split('\t')[0], StringComparison.OrdinalIgnoreCase))), lines);
        Assert.All(lines, line => Assert.Equal(line, Line(DicomDictionary.Instance.Find(line.Split('\t')[0])!.Value)));
        Assert.Null(DicomDictionary.Instance.Find("Modalit"));
        Assert.Null(DicomDictionary.Instance.Find("zzz"));
        Assert.Null(DicomDictionary.Instance.Find(""));
        Assert.Null(DicomDictionary.Instance.Find(0x00091010u));

        static string Line(DictionaryEntry entry) => $"{entry.Keyword}\t{entry.Tag:X8}\t{entry.Vr}";
    }

    [Theory]
    [InlineData("Modalty", "Modality")]
    [InlineData("SliceThicknes", "SliceThickness")]
    [InlineData("PatientsName", "PatientName")]
    [InlineData("SeriesDescripton", "SeriesDescription")]
    public void Offers_the_keyword_that_was_meant(string typed, string meant) => Assert.Equal(meant, DicomDictionary.Instance.Nearest(typed)[0]);

    [Fact]
    public void Offers_nothing_where_nothing_is_near() => Assert.Empty(DicomDictionary.Instance.Nearest("xqzwvjkpbf"));
}
