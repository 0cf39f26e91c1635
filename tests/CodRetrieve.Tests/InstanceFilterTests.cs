using CodRetrieve.Tests.Support;
using Xunit.Abstractions;

namespace CodRetrieve.Tests;

public sealed class InstanceFilterTests(ITestOutputHelper output)
{
    private const string Json = """
        {"00080060":{"vr":"CS","Value":["CT"]},
         "0008103E":{"vr":"LO","Value":["T1 axial (fat sat)"]},
         "00080008":{"vr":"CS","Value":["ORIGINAL","PRIMARY","AXIAL"]},
         "00100010":{"vr":"PN","Value":[{"Alphabetic":"Doe^John^^","Ideographic":"山田^太郎"}]},
         "00101010":{"vr":"AS","Value":["017Y"]},
         "00180050":{"vr":"DS","Value":["1.50"]},
         "00280030":{"vr":"DS","Value":[0.5,0.75]},
         "00200013":{"vr":"IS","Value":[7]},
         "00280010":{"vr":"US","Value":[512]},
         "00080020":{"vr":"DA","Value":["20240131"]},
         "00080030":{"vr":"TM","Value":["093000.25"]},
         "0008002A":{"vr":"DT","Value":["20240131093000+0100"]},
         "00080018":{"vr":"UI","Value":["1.2.3"]},
         "00281050":{"vr":"DS","Value":[NaN]},
         "00081030":{"vr":"LO"},
         "00091010":{"vr":"DS","Value":[2.5]},
         "00091011":{"vr":"LO","Value":["secret"]},
         "00400275":{"vr":"SQ","Value":[{"00401001":{"vr":"SH","Value":["A-1"]}},{"00401001":{"vr":"SH","Value":["A-2"]}}]}}
        """;

    [Theory]
    [InlineData("Modality=CT", true)]
    [InlineData("modality = 'CT'", true)]
    [InlineData("Modality=ct", false)]
    [InlineData("Modality=C*", true)]
    [InlineData("Modality==C*", false)]
    [InlineData("Modality=?T", true)]
    [InlineData("Modality=?", false)]
    [InlineData("Modality!=MR", true)]
    [InlineData("Modality<>CT", false)]
    [InlineData("SeriesDescription=*axial*", true)]
    [InlineData("SeriesDescription='T1 axial (fat sat)'", true)]
    [InlineData("SeriesDescription=\"*(fat*\"", true)]
    [InlineData("SeriesDescription=*Axial*", false)]
    [InlineData("ImageType=AXIAL", true)]
    [InlineData("ImageType in (LOCALIZER, AXIAL)", true)]
    [InlineData("ImageType not in (LOCALIZER)", true)]
    [InlineData("ImageType in ('LOC*', 'PRIM*')", true)]
    [InlineData("PatientName=doe^*", true)]
    [InlineData("PatientName=DOE^JOHN", true)]
    [InlineData("PatientName='山田*'", true)]
    [InlineData("PatientName=Doe", false)]
    [InlineData("SliceThickness=1.5", true)]
    [InlineData("SliceThickness==1.500", true)]
    [InlineData("SliceThickness<1.5", false)]
    [InlineData("SliceThickness<=1.5", true)]
    [InlineData("SliceThickness < 15e-1 or SliceThickness >= 1.5", true)]
    [InlineData("SliceThickness between 1 and 2", true)]
    [InlineData("SliceThickness between 2 and 1", false)]
    [InlineData("not SliceThickness between 1 and 2", false)]
    [InlineData("PixelSpacing=0.75", true)]
    [InlineData("PixelSpacing>0.6", true)]
    [InlineData("PixelSpacing between 0.6 and 0.7", false)]
    [InlineData("InstanceNumber in (1, 7, 9)", true)]
    [InlineData("Rows>=512", true)]
    [InlineData("StudyDate=20240131", true)]
    [InlineData("StudyDate=2024-01-31", true)]
    [InlineData("StudyDate=202401", true)]
    [InlineData("StudyDate=2024", true)]
    [InlineData("StudyDate=20240101-20240630", true)]
    [InlineData("StudyDate=2024-01-01-2024-06-30", true)]
    [InlineData("StudyDate=20240131-", true)]
    [InlineData("StudyDate=-20240130", false)]
    [InlineData("StudyDate>20240131", false)]
    [InlineData("StudyDate>=2024-01-31", true)]
    [InlineData("StudyDate<2024", false)]
    [InlineData("StudyDate<=2024", true)]
    [InlineData("StudyDate between 20240101 and 20240131", true)]
    [InlineData("StudyTime=0930", true)]
    [InlineData("StudyTime=0800-1200", true)]
    [InlineData("StudyTime>10", false)]
    [InlineData("StudyTime=09:30:00.2-09:30:00.3", true)]
    [InlineData("AcquisitionDateTime=20240131", true)]
    [InlineData("AcquisitionDateTime>'2024-01-31T09:29'", true)]
    [InlineData("AcquisitionDateTime<2024-01-31T09:30", false)]
    [InlineData("PatientAge<018Y", true)]
    [InlineData("PatientAge>216M", false)]
    [InlineData("SOPInstanceUID=1.2.3", true)]
    [InlineData("SOPInstanceUID in (1.2.4, 1.2.3)", true)]
    [InlineData("RequestAttributesSequence.RequestedProcedureID=A-2", true)]
    [InlineData("RequestAttributesSequence[0].RequestedProcedureID=A-2", false)]
    [InlineData("RequestAttributesSequence is not empty", true)]
    [InlineData("(0009,1010)>2", true)]
    [InlineData("00091011=s*t", true)]
    [InlineData("StudyDescription is empty", true)]
    [InlineData("StudyDescription is missing", false)]
    [InlineData("StudyDescription=''", true)]
    [InlineData("PatientID is missing", true)]
    [InlineData("PatientID is not missing", false)]
    [InlineData("Modality is not empty", true)]
    [InlineData("PatientID=x", null)]
    [InlineData("PatientID!=x", null)]
    [InlineData("not PatientID=x", null)]
    [InlineData("PatientID not in (x)", null)]
    [InlineData("StudyDescription=x", null)]
    [InlineData("WindowCenter>40", null)]
    [InlineData("RequestAttributesSequence[7].RequestedProcedureID=A-2", null)]
    [InlineData("PatientID=x and Modality=MR", false)]
    [InlineData("PatientID=x and Modality=CT", null)]
    [InlineData("PatientID=x or Modality=CT", true)]
    [InlineData("PatientID=x or Modality=MR", null)]
    [InlineData("Modality=MR or Modality=CT and Rows=1", false)]
    [InlineData("(Modality=MR or Modality=CT) and Rows=512", true)]
    [InlineData("not not Modality=CT", true)]
    [InlineData("NOT (Modality = MR) AND Rows BETWEEN 1 AND 1024 AND StudyDescription IS EMPTY", true)]
    public void Is_true_false_or_unknown_and_stays_so_when_it_is_printed(string text, bool? expected)
    {
        var filter = InstanceFilter.Parse(text);
        var attributes = InstanceAttributesTests.Of(Json);

        Assert.Equal(expected, filter.Matches(attributes));
        Assert.Equal(filter.ToString(), InstanceFilter.Parse(filter.ToString()).ToString());
        Assert.Equal(expected, InstanceFilter.Parse(filter.ToString()).Matches(attributes));
        Assert.Equal(!expected, (!filter).Matches(attributes));
        Assert.Null(filter.Matches(InstanceAttributesTests.Of("null")));
    }

    // As scanners write decimal strings, and other writers of JSON numbers.
    [Theory]
    [InlineData("\".03\"", 0.03)]
    [InlineData("\"5.e-002\"", 0.05)]
    [InlineData("\"+1.50 \"", 1.5)]
    [InlineData("\"007\"", 7)]
    [InlineData(".5", 0.5)]
    [InlineData("1e1", 10)]
    [InlineData("-0.0", 0)]
    public void Numbers_are_compared_however_they_are_written(string written, double value)
    {
        var attributes = InstanceAttributesTests.Of($$$"""{"00180050":{"vr":"DS","Value":[{{{written}}}]}}""");
        var text = value.ToString(System.Globalization.CultureInfo.InvariantCulture);

        Assert.True(InstanceFilter.Parse($"SliceThickness={text} and SliceThickness between {text} and {text} and not SliceThickness<{text}").Matches(attributes));
    }

    [Theory]
    [InlineData("", 1, "attribute was expected")]
    [InlineData("Modalty=CT", 1, "Did you mean Modality")]
    [InlineData("Modality=CT and Modalty=MR", 17, "Did you mean Modality")]
    [InlineData("Modality", 9, "a comparison was expected")]
    [InlineData("Modality=", 10, "a value was expected")]
    [InlineData("Modality CT", 10, "a comparison was expected")]
    [InlineData("Modality=CT MR", 13, "'MR' was not expected. Put a value with spaces")]
    [InlineData("Modality=CT)", 12, "was not expected")]
    [InlineData("(Modality=CT", 1, "not closed")]
    [InlineData("Modality='CT", 10, "quotes are not closed")]
    [InlineData("Modality>CT", 10, "has no order")]
    [InlineData("SliceThickness<thin", 16, "is a number")]
    [InlineData("SliceThickness=1*", 16, "is a number")]
    [InlineData("StudyDate=yesterday", 11, "is a date")]
    [InlineData("StudyDate=20241301", 11, "is a date")]
    [InlineData("StudyDate>20240101-20240630", 11, "is a date")]
    [InlineData("StudyTime=25", 11, "is a time")]
    [InlineData("PatientAge<18", 12, "is an age")]
    [InlineData("SOPInstanceUID=1.2.*", 16, "takes no wildcards")]
    [InlineData("PixelData=x", 11, "'is missing'")]
    [InlineData("RequestAttributesSequence=x", 27, "'is missing'")]
    [InlineData("Modality in CT", 13, "'(' was expected")]
    [InlineData("Modality in (CT", 16, "',' or ')' was expected")]
    [InlineData("Modality not CT", 14, "'in' was expected")]
    [InlineData("Modality is CT", 13, "'missing' or 'empty'")]
    [InlineData("Rows between 1 or 2", 16, "'and'")]
    [InlineData("not", 4, "attribute was expected")]
    public void What_is_none_is_refused_with_the_position_and_the_reason(string text, int position, string reason)
    {
        var thrown = Assert.Throws<FormatException>(() => InstanceFilter.Parse(text));

        Assert.Contains($"at position {position}:", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
        Assert.False(InstanceFilter.TryParse(text, out _));
    }

    [Fact]
    public void Depth_length_and_lists_have_bounds()
    {
        Assert.Contains("nested", Assert.Throws<FormatException>(() => InstanceFilter.Parse(new string('(', 30_000))).Message, StringComparison.Ordinal);
        Assert.Contains("nested", Assert.Throws<FormatException>(() => InstanceFilter.Parse(string.Concat(Enumerable.Repeat("not ", 10_000)) + "Rows=1")).Message, StringComparison.Ordinal);
        Assert.Contains("65536", Assert.Throws<FormatException>(() => InstanceFilter.Parse(new string(' ', 65_537))).Message, StringComparison.Ordinal);
        Assert.Contains("10000", Assert.Throws<FormatException>(() => InstanceFilter.Parse($"Rows in ({string.Join(',', Enumerable.Repeat(1, 10_001))})")).Message, StringComparison.Ordinal);
        Assert.Equal(2_000, InstanceFilter.Parse(string.Join(" or ", Enumerable.Repeat("Rows=1", 2_000))).ToString().Split(" or ").Length);
    }

    [Fact]
    public void Operators_join_and_negate_conditions()
    {
        var (a, b, c) = (InstanceFilter.Parse("Modality=CT"), InstanceFilter.Parse("Rows=1"), InstanceFilter.Parse("Columns=2 or Columns=3"));

        Assert.Equal("Modality = CT and Rows = 1 and (Columns = 2 or Columns = 3)", (a & b & c).ToString());
        Assert.Equal("Modality = CT or Rows = 1 or Columns = 2 or Columns = 3", (a | b | c).ToString());
        Assert.Equal("not (Modality = CT and Rows = 1)", (!(a & b)).ToString());
        Assert.Equal("not Modality = CT", (!a).ToString());
    }

    [Theory]
    [InlineData("SeriesDescription = 'it''s'")]
    [InlineData("SeriesDescription = ''")]
    [InlineData("SeriesDescription = 'a b'")]
    [InlineData("SeriesDescription in ('and', or, '(')")]
    [InlineData("SeriesDescription = '\"'")]
    public void Values_are_quoted_so_that_they_are_read_as_they_were(string text) =>
        Assert.Equal(InstanceFilter.Parse(text).ToString(), InstanceFilter.Parse(InstanceFilter.Parse(text).ToString()).ToString());

    [Fact(Timeout = 60_000)]
    public async Task Random_text_is_read_or_refused_with_a_position_and_never_thrown_otherwise()
    {
        await Task.Yield();
        var random = new Random(TestSeed.Next(output));
        string[] words =
        [
            "Modality", "SliceThickness", "00080060", "(0008,0060)", "RequestAttributesSequence", "[0]", ".", "RequestedProcedureID", "StudyDate", "StudyTime", "=", "==", "!=", "<", "<=", ">", ">=",
            "and", "or", "not", "in", "between", "is", "missing", "empty", "(", ")", ",", "CT", "1.5", "20240101", "-", "'a b'", "\"x\"", "'", "*", "?", "🙂", "\0", "\\", "PatientName", "Bogus", "0930",
        ];
        var attributes = InstanceAttributesTests.Of(Json);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal) { ["read"] = 0, ["refused"] = 0, ["true"] = 0 };
        for (var i = 0; i < 20_000; i++)
        {
            var text = i % 2 == 0
                ? string.Join(random.Next(4) == 0 ? "" : " ", Enumerable.Range(0, random.Next(1, 9)).Select(_ => words[random.Next(words.Length)]))
                : Grown(random, 0);
            try
            {
                var filter = InstanceFilter.Parse(text);
                var printed = filter.ToString();
                Assert.Equal(printed, InstanceFilter.Parse(printed).ToString());
                var matches = filter.Matches(attributes);
                Assert.Equal(matches, InstanceFilter.Parse(printed).Matches(attributes));
                counts["read"]++;
                counts["true"] += matches == true ? 1 : 0;
            }
            catch (FormatException e)
            {
                Assert.Matches(@"at position \d+: ", e.Message);
                counts["refused"]++;
            }
        }

        Assert.All(counts, count => Assert.InRange(count.Value, 1_000, 19_000));
    }

    // Mostly valid: the grammar run backwards.
    private static string Grown(Random random, int depth) => (depth < 4 ? random.Next(9) : 8) switch
    {
        0 => $"{Grown(random, depth + 1)} and {Grown(random, depth + 1)}",
        1 => $"{Grown(random, depth + 1)} or {Grown(random, depth + 1)}",
        2 => $"not {Grown(random, depth + 1)}",
        3 => $"({Grown(random, depth + 1)})",
        4 => $"SliceThickness between {random.Next(3)} and {random.Next(3)}",
        5 => $"Modality {(random.Next(2) == 0 ? "not " : "")}in (CT, 'M R', \"U\")",
        6 => $"{(random.Next(2) == 0 ? "PatientID" : "Rows")} is {(random.Next(2) == 0 ? "not " : "")}{(random.Next(2) == 0 ? "empty" : "missing")}",
        7 => $"StudyDate{(random.Next(2) == 0 ? "<=" : "=")}2024{random.Next(13):00}{random.Next(32):00}",
        _ => $"Modality{(random.Next(2) == 0 ? "=" : "!=")}{(random.Next(2) == 0 ? "C*" : "MR")}",
    };
}
