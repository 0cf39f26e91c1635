using System.Text;
using CodRetrieve.Tests.Support;
using Xunit.Abstractions;

namespace CodRetrieve.Tests;

public sealed class FolderLayoutTests(ITestOutputHelper output)
{
    private const string Json = """
        {"00080060":{"vr":"CS","Value":["CT"]},"0008103E":{"vr":"LO","Value":["T1/T2 \u00e4: axial."]},"00080020":{"vr":"DA","Value":["20240131"]},"00080030":{"vr":"TM","Value":["093015"]},
         "00100020":{"vr":"LO","Value":["ID-7"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Doe^John"}]},"00200013":{"vr":"IS","Value":[7]},"00200011":{"vr":"IS","Value":["-3"]},"00180050":{"vr":"DS","Value":[1.5]},
         "00081030":{"vr":"LO"},"00080008":{"vr":"CS","Value":["ORIGINAL","AXIAL"]},"00400275":{"vr":"SQ","Value":[{"00401001":{"vr":"SH","Value":["A-1"]}}]}}
        """;

    [Theory]
    [InlineData("{SOPInstanceUID}.dcm", "1.2.3.dcm")]
    [InlineData("{StudyInstanceUID}/{SeriesInstanceUID}/instances/{SOPInstanceUID}.dcm", "1/1.2/instances/1.2.3.dcm")]
    [InlineData("{PatientID}/{StudyDate:yyyy-MM}_{Modality}/{InstanceNumber:00000}.dcm", "ID-7/2024-01_CT/00007.dcm")]
    [InlineData("%PatientID/%Modality_%SeriesInstanceUID/%InstanceNumber.dcm", "ID-7/CT_1.2/7.dcm")]
    [InlineData("{00100020}/{(0020,0013)}", "ID-7/7")]
    [InlineData("{StudyDate:yyyyMMdd}-{StudyTime:HHmmss}", "20240131-093015")]
    [InlineData("{SeriesNumber:000}", "-003")]
    [InlineData("{SliceThickness:000}", "1.5")]
    [InlineData("{StudyDescription|none}_{InstanceNumber}", "none_7")]
    [InlineData("{StudyDescription}_{InstanceNumber}", "unknown_7")]
    [InlineData("{StudyDescription|}{InstanceNumber}", "7")]
    [InlineData("{BodyPartExamined|}/{InstanceNumber}", "unknown/7")]
    [InlineData("{Modality:yyyy|undated}/{InstanceNumber}", "undated/7")]
    [InlineData("{PatientName:upper}/{InstanceNumber}", "DOE^JOHN/7")]
    [InlineData("{{{Modality}}}_{InstanceNumber}", "{CT}_7")]
    [InlineData("{RequestAttributesSequence[0].RequestedProcedureID}_{InstanceNumber}", "A-1_7")]
    public void A_template_gives_the_place(string template, string place)
    {
        var layout = new FolderLayout(template);

        Assert.Equal(place, layout.PathOf(Instance(Json)));
        Assert.Equal(place, new FolderLayout(layout.Template).PathOf(Instance(Json)));
        Assert.Equal(layout.Template, new FolderLayout(layout.Template).Template);
    }

    [Theory]
    [InlineData("A/B", "A_B~")]
    [InlineData("..", "unknown")]
    [InlineData(".", "unknown")]
    [InlineData("", "unknown")]
    [InlineData("   ", "unknown")]
    [InlineData("../../etc/passwd", "_.._etc_passwd~")]
    [InlineData("a.", "a~")]
    [InlineData(".hidden", "hidden~")]
    [InlineData("CON", "_CON~")]
    [InlineData("nul.txt", "_nul.txt~")]
    [InlineData("COM1", "_COM1~")]
    [InlineData("COM10", "COM10")]
    [InlineData("e\\u0301", "\u00e9")]
    [InlineData("a\\u202Eb", "a_b~")]
    [InlineData("a\\u200Bb", "a_b~")]
    [InlineData("a\\u0007b", "a_b~")]
    [InlineData("C:\\\\x", "C__x~")]
    [InlineData("a*?<>|\\\"b", "a______b~")]
    [InlineData("plain", "plain")]
    [InlineData("\u5c71\u7530", "\u5c71\u7530")]
    public void A_value_never_makes_a_folder_or_a_name_that_some_system_does_not_take(string value, string place)
    {
        var actual = new FolderLayout("{SeriesDescription}/{SOPInstanceUID}").PathOf(Instance($$$"""{"0008103E":{"vr":"LO","Value":["{{{value}}}"]}}""")).Split('/');

        Assert.Equal(2, actual.Length);
        if (place.EndsWith('~'))
        {
            Assert.Matches($"^{System.Text.RegularExpressions.Regex.Escape(place)}[0-9a-f]{{8}}$", actual[0]);
        }
        else
        {
            Assert.Equal(place, actual[0]);
        }
    }

    [Fact]
    public void A_long_value_is_cut_at_a_character_and_distinguished_by_a_hash()
    {
        var layout = new FolderLayout("{SeriesDescription}/{PatientComments}.dcm");
        var (first, second) = (Of("x"), Of("y"));

        Assert.All(first.Split('/').Concat(second.Split('/')), part => Assert.InRange(Encoding.UTF8.GetByteCount(part), 100, 120));
        Assert.All(first.Split('/').Zip(second.Split('/')), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.EndsWith(".dcm", first, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', first);

        string Of(string end) => layout.PathOf(Instance($$$"""{"0008103E":{"vr":"LO","Value":["{{{new string('山', 200)}}}{{{end}}}"]},"00104000":{"vr":"LT","Value":["{{{string.Concat(Enumerable.Repeat("😀", 200))}}}{{{end}}}"]}}"""));
    }

    [Fact]
    public void Max_cuts_and_hash_gives_pseudonyms_that_need_a_secret()
    {
        Assert.Matches("^T1_~[0-9a-f]{8}$", new FolderLayout("{SeriesDescription:max=3}").PathOf(Instance(Json)));
        var (a, b) = (new FolderLayout("{PatientID:hash}") { Salt = "a" }, new FolderLayout("{PatientID:hash}") { Salt = "b" });
        Assert.Matches("^[0-9a-f]{16}$", a.PathOf(Instance(Json)));
        Assert.NotEqual(a.PathOf(Instance(Json)), b.PathOf(Instance(Json)));
        Assert.Throws<ArgumentException>(() => new CodDownload(new CodDownloadOptions { Layout = new FolderLayout("{PatientID:hash}") }));
        Assert.DoesNotContain("a-secret", new FolderLayout("{PatientID:hash}") { Salt = "a-secret" }.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_UID_of_the_store_can_be_a_pseudonym()
    {
        var layout = new FolderLayout("{StudyInstanceUID:hash}/{SOPInstanceUID:hash}.dcm") { Salt = "a" };

        Assert.Matches(@"^[0-9a-f]{16}/[0-9a-f]{16}\.dcm$", layout.PathOf(Instance(Json)));
        Assert.Equal(layout.Template, new FolderLayout(layout.Template).Template);
        Assert.Throws<ArgumentException>(() => new CodDownload(new CodDownloadOptions { Layout = new FolderLayout("{SOPInstanceUID:hash}") }));
    }

    [Fact]
    public void Names_for_media_have_eight_characters_of_those_that_are_allowed_and_differ()
    {
        var path = FolderLayout.Media.PathOf(Instance(Json));
        Assert.Matches("^DICOM/[0-9A-Z]{8}/[0-9A-Z]{8}/[0-9A-Z]{8}$", path);
        Assert.Equal(path, FolderLayout.Parse(FolderLayout.Media.Template).PathOf(Instance(Json)));
        Assert.NotEqual(path, new FolderLayout(FolderLayout.Media.Template) { Salt = "a" }.PathOf(Instance(Json)));

        var codes = Enumerable.Range(0, 20_000).Select(i => PathText.Code($"1.2.3.{i}")).ToList();
        Assert.Equal(20_000, codes.Distinct(StringComparer.Ordinal).Count());
        Assert.All("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", character => Assert.InRange(codes.Count(code => code[0] == character), 400, 720));
    }

    [Fact]
    public void Columns_come_before_attributes_and_have_their_fallbacks()
    {
        var layout = new FolderLayout("{collection}/{Modality}/{site|nowhere}/{SOPInstanceUID}", ["Collection", "modality", "site"])
        {
            ReadColumn = (_, column) => column switch { "Collection" => "a/b", "modality" => "column", _ => null },
        };

        Assert.Matches("^a_b~[0-9a-f]{8}/column/nowhere/1.2.3$", layout.PathOf(Instance(Json)));
    }

    [Theory]
    [InlineData("", "characters")]
    [InlineData("/{SOPInstanceUID}", "single slashes")]
    [InlineData("{Modality}//{SOPInstanceUID}", "single slashes")]
    [InlineData("{SOPInstanceUID}/", "single slashes")]
    [InlineData("../{SOPInstanceUID}", "begins neither with a dot")]
    [InlineData(".codretrieve/{SOPInstanceUID}", "begins neither with a dot")]
    [InlineData("a./{SOPInstanceUID}", "ends with no dot")]
    [InlineData("~/{SOPInstanceUID}", "a tilde")]
    [InlineData("a\\{SOPInstanceUID}", "separated by slashes")]
    [InlineData("C:{SOPInstanceUID}", "position 2")]
    [InlineData("a\0{SOPInstanceUID}", "position 2")]
    [InlineData("{Modalty}", "Did you mean Modality")]
    [InlineData("{Modality", "not closed")]
    [InlineData("Modality}", "written twice")]
    [InlineData("{Modality:nonsense}", "is not a format")]
    [InlineData("{StudyDate:yyyy/MM}/{SOPInstanceUID}", "is not a format")]
    [InlineData("{Modality:max=0}", "is not a format")]
    [InlineData("{Modality:max=999}", "is not a format")]
    [InlineData("{Modality|../x}", "cannot be part")]
    [InlineData("{SOPInstanceUID:upper}", "no other format")]
    [InlineData("{SOPInstanceUID:hash,max=8}", "no other format")]
    [InlineData("{PatientID:code}", "Only a UID")]
    [InlineData("images/all.dcm", "needs a value")]
    [InlineData("{}", "was expected")]
    public void A_template_that_cannot_be_is_refused_with_the_reason(string template, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => new FolderLayout(template)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("default")]
    [InlineData("Flat")]
    [InlineData("idc")]
    [InlineData("media")]
    [InlineData("PATIENT")]
    public void Presets_are_known_by_their_names(string name) => Assert.NotEmpty(FolderLayout.Parse(name).PathOf(Instance(Json)));

    [Fact]
    public void Identifying_attributes_are_named_unless_they_are_hashed()
    {
        Assert.Equal(["PatientID", "StudyDate", "StudyDescription", "SeriesDescription"], FolderLayout.Patient.IdentifyingAttributes);
        Assert.Equal(["00091010"], new FolderLayout("{PatientID:hash}/{Modality}/{00091010}").IdentifyingAttributes);
        Assert.Empty(FolderLayout.Default.IdentifyingAttributes);
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_100000_random_values_none_leaves_its_folder_and_none_meets_another()
    {
        await Task.Yield();
        var random = new Random(TestSeed.Next(output));
        var layout = new FolderLayout("{SeriesDescription}/{PatientID:max=20}_{StudyDescription|none}/{InstanceNumber:000}.dcm");
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        var altered = 0;
        var root = Path.GetFullPath("/root-of-all");
        for (var i = 0; i < 100_000; i++)
        {
            var values = Enumerable.Range(0, 4).Select(_ => RandomValue(random)).ToArray();
            var json = $$$"""{"0008103E":{"vr":"LO","Value":[{{{values[0]}}}]},"00100020":{"vr":"LO","Value":[{{{values[1]}}}]},"00081030":{"vr":"LO","Value":[{{{values[2]}}}]},"00200013":{"vr":"IS","Value":[{{{values[3]}}}]}}""";
            var instance = Instance(json);
            var place = layout.PathOf(instance);

            Assert.Equal(place, layout.PathOf(Instance(json)));
            var parts = place.Split('/');
            Assert.Equal(3, parts.Length);
            Assert.All(parts, part =>
            {
                Assert.InRange(Encoding.UTF8.GetByteCount(part), 1, 120);
                Assert.False(part[0] is '.' or ' ' || part[^1] is '.' or ' ', place);
                Assert.DoesNotContain(part, c => "<>:\"/\\|?*\0".Contains(c, StringComparison.Ordinal));
                Assert.DoesNotContain(part, c => char.IsControl(c));
            });
            Assert.StartsWith(root + Path.DirectorySeparatorChar, Path.GetFullPath(Path.Combine(root, place)), StringComparison.Ordinal);

            // Values that differ in more than their form have different places.
            var attributes = instance.GetAttributes()!;
            var key = string.Join('\u0001', new[] { "SeriesDescription", "PatientID", "StudyDescription", "InstanceNumber" }.Select(name => KeyOf(attributes[name])));
            Assert.True(seen.TryAdd(place, key) || seen[place] == key, $"{place} is of {seen[place]} and {key}");
            altered += place.Contains('~', StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.InRange(altered, 10_000, 99_000);
        Assert.InRange(seen.Count, 50_000, 100_000);

        static string KeyOf(string? value) => string.IsNullOrWhiteSpace(value) ? "(none)" : Nfc.Normalize(value ?? "").Trim(' ', '.') is { Length: > 0 } text ? (text == Nfc.Normalize(value!) ? text : value!) : "(none)";
    }

    private static string RandomValue(Random random)
    {
        string[] pieces = ["a", "B", "1", "07", " ", ".", "..", "/", "\\\\", "\\u0000", "\\u202e", "\\ud83d\\ude00", "\\ud800", "e\\u0301", "\\u00e9", "CON", "nul", "*", "?", ":", "|", "~", "%", "{", "}", "山", "\\n", "-", "_"];
        return random.Next(12) == 0 ? "null" : "\"" + string.Concat(Enumerable.Range(0, random.Next(0, random.Next(20) == 0 ? 300 : 8)).Select(_ => pieces[random.Next(pieces.Length)])) + "\"";
    }

    private static InstanceInfo Instance(string json) => new()
    {
        Series = new SeriesInfo { StudyInstanceUid = "1", SeriesInstanceUid = "1.2", TarUri = "gs://b/1.2.tar" },
        SopInstanceUid = "1.2.3",
        KeptAttributes = Encoding.UTF8.GetBytes(json),
    };
}
