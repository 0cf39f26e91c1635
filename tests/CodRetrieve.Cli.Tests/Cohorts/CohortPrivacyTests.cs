using System.Text;
using CodRetrieve.Cli.Cohorts;
using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests.Cohorts;

/// <summary>Who the patients of a cohort are is in none of the messages about it, whatever is wrong with it.</summary>
public sealed class CohortPrivacyTests
{
    private static readonly string[] Planted = ["PLANTED", "Doe", "John", "4711", "1970"];

    public static TheoryData<string, string> Lists => new()
    {
        { "a number", "PatientName,PatientID,StudyInstanceUID\nPLANTED^John,4711,1.2E+10\n" },
        { "an empty cell", "PatientName,PatientID,StudyInstanceUID\nPLANTED^John,4711,\n" },
        { "a bad series", "PatientName,StudyInstanceUID,SeriesInstanceUID\nPLANTED^John,1.2,x y\n" },
        { "a row that is too short", "StudyInstanceUID,PatientName,PatientID\n\"\",PLANTED^John\n" },
        { "a name in the column of the UID, by a comma without quotes", "PatientName,StudyInstanceUID\nPLANTED, Doe ^John,1.2\n" },
        { "a name of one word there", "PatientName,StudyInstanceUID\nPLANTED,Doe^John,1.2\n" },
        { "a date of birth there", "PatientName,StudyInstanceUID\nPLANTED^John,01/02/1970,1.2\n" },
        { "different UIDs", "PatientName,StudyInstanceUID,Study UID\nPLANTED^John,1.2,1.3\n" },
        { "a quote that is not closed", "PatientName,StudyInstanceUID\n\"PLANTED^John,1.2\n" },
        { "a stray quote", "PatientName,StudyInstanceUID\nPLANTED \"John\nDoe\",1.2\n" },
        { "a huge field", "PatientName,StudyInstanceUID\nPLANTED" + new string('x', 2_000_000) + ",1.2\n" },
        { "a header that names no UIDs", "PatientName,Hash\nPLANTED^John,1.2\n" },
        { "that, separated by something else", "PatientName:Hash\nPLANTED^John:1.2\nPLANTED=4711\n" },
        { "a list of names", "PLANTED Doe\nDoe, John\n\"PLANTED;Doe\"\nPLANTED^^Doe\n" },
        { "a comment", "../1.2 # PLANTED John\n" },
        { "an object per line", "{\"StudyInstanceUID\": \"1.2\"}\n{\"PatientName\": \"PLANTED^John\", \"StudyInstanceUID\": 12}\n" },
        { "one without a UID", "{\"PatientName\": \"PLANTED^John\", \"PatientID\": \"4711\"}\n" },
        { "one with a UID of a person", "{\"StudyInstanceUID\": \"PLANTED^John\"}\n" },
        { "one that cannot be parsed", "{\"PatientName\": \"PLANTED^John\", PLANTED}\n" },
        { "one that is nothing but a value", "{\"StudyInstanceUID\": \"1.2\"}\n\"PatientName\": \"PLANTED^John\"}\n" },
        { "one with half a character", "{\"PatientName\": \"PLANTED\", \"StudyInstanceUID\": \"\\ud800John\"}\n" },
        { "one that is not closed", "{\"PatientName\": \"PLANTED^John\"\n" },
        { "an array", "[{\"PatientName\": \"PLANTED^John\", \"StudyInstanceUID\": \"1.2E+10\"},\n{\"PatientID\": \"4711\"}]" },
        { "an array with something else in it", "[{\"StudyInstanceUID\": \"1.2\"}, PLANTED]" },
        { "an array of names", "[\"PLANTED^John\", \"Doe, John\"]" },
        { "an array that is broken off", "[{\"StudyInstanceUID\": \"1.2\"},\n{\"PatientName\": \"PLANTED^Jo" },
        { "DICOM JSON", "[{\"00100010\": {\"vr\": \"PN\", \"Value\": [{\"Alphabetic\": \"PLANTED^John\"}]}, \"0020000D\": {\"vr\": \"UI\", \"Value\": [\"1.2\", \"PLANTED\"]}}]" },
        { "a manifest", "a=b\nPLANTED John\nListOfSeriesToDownload=\nPLANTED John\n" },
    };

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Lists))]
    public async Task Nothing_planted_is_in_the_message(string what, string list)
    {
        _ = what;
        AssertClean(await CohortFile.ErrorAsync(list));
        AssertClean(await CohortFile.ErrorAsync(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(list)).ToArray()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_planted_is_in_the_message_about_a_parquet_file() => AssertClean(await CohortFile.ErrorAsync(
        await ParquetFile.OfTextAsync(2, ("PatientName", ["PLANTED^John", "Doe", "x"]), ("StudyInstanceUID", ["1.2E+10", null, "PLANTED^John"]), ("PatientID", ["4711", "4711", "4711"])), name: "c.parquet"));

    [Fact(Timeout = 120_000)]
    public async Task Nothing_planted_is_in_the_messages_about_mutated_lists()
    {
        var parquet = await ParquetFile.OfTextAsync(2, ("PatientName", ["PLANTED^John", "PLANTED"]), ("StudyInstanceUID", ["1.2", "1.3"]));
        byte[][] lists =
        [
            "PatientName,PatientID,StudyInstanceUID\n\"PLANTED^John\",4711,1.2\n\"PLANTED, John\",4711,1.3\n"u8.ToArray(),
            "[{\"PatientName\": \"PLANTED^John\", \"StudyInstanceUID\": \"1.2\"},\n{\"StudyInstanceUID\": \"1.3\", \"PatientID\": \"4711\"}]"u8.ToArray(),
            "{\"PatientName\": \"PLANTED^John\", \"StudyInstanceUID\": \"1.2\"}\n{\"StudyInstanceUID\": \"1.3\", \"PatientID\": \"4711\"}\n"u8.ToArray(),
            parquet,
        ];
        var random = new Random(5);
        var replacements = "\",\n\r{}[]\\\0#=; 1x:"u8.ToArray();
        // Of the part behind the pages a change may make the library's reader wait for a minute.
        var pages = parquet.Length - 8 - BitConverter.ToInt32(parquet, parquet.Length - 8);
        var (good, bad) = (0, 0);
        for (var i = 0; i < 4_000; i++)
        {
            var bytes = lists[i % lists.Length].ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(i % lists.Length == 3 ? pages : bytes.Length)] = replacements[random.Next(replacements.Length)];
            }

            try
            {
                await using var cohort = await Cohort.OpenAsync("-", () => new MemoryStream(bytes), CohortScope.All, [], CancellationToken.None);
                good++;
            }
            catch (UsageException e)
            {
                AssertClean(e.Message);
                bad++;
            }
        }

        Assert.InRange(good, 400, 3_600);
        Assert.InRange(bad, 400, 3_600);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("--from")]
    [InlineData("@")]
    public async Task Nothing_planted_is_on_standard_output_or_error(string how)
    {
        await using var store = await CliStore.StartAsync();
        store.Input = "PatientName,StudyInstanceUID\nPLANTED^John,1.2E+10\nPLANTED^John,\nPLANTED,Doe^John,1.2\n";

        var result = await store.RunAsync(["stats", TestStore.Url, .. how == "@" ? ["@-"] : new[] { how, "-" }, "--log-level", "trace"]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("standard input:4: no UID in the column 'StudyInstanceUID'", result.Error, StringComparison.Ordinal);
        AssertClean(result.Out + result.Error);
    }

    private static void AssertClean(string message)
    {
        Assert.Contains(':', message);
        Assert.All(Planted, planted => Assert.DoesNotContain(planted, message, StringComparison.Ordinal));
    }
}
