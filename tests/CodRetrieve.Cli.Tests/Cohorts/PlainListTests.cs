using System.Text;
using CodRetrieve.Cli.Cohorts;
using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests.Cohorts;

/// <summary>Lists of studies as people have them.</summary>
public sealed class PlainListTests
{
    public static TheoryData<string, string> Lists => new()
    {
        { "a UID a line", "1.2.3\n1.2.4\n" },
        { "lines of Windows", "1.2.3\r\n1.2.4\r\n" },
        { "blanks and comments", "# studies\n\n  1.2.3  # the first\n\t1.2.4\n#1.2.5\n" },
        { "quotes and commas", "\"1.2.3\",\n'1.2.4';\n" },
        { "a quote that is not closed", "\"1.2.3\n1.2.4\n" },
        { "marks in the middle, where files were put together", "\ufeff1.2.3\n\ufeff1.2.4\n" },
        { "padding of a database", "1.2.3\0\n1.2.4\0\0\0\n" },
        { "an invisible blank of a web page", "\u200b1.2.3\n1.2.4\u200b\n" },
        { "URLs of studies", "gs://b/v1.0/dicomweb/studies/1.2.3/series/9.9.tar\nhttps://host/dicomweb/studies/1.2.4\n" },
        { "URLs of folders", "gs://b/p/studies/1.2.3/\ngs://b/p/studies/1.2.4\n" },
        { "a table", "StudyInstanceUID,PatientID\n1.2.3,A\n1.2.4,B\n" },
        { "a table in another order and spelling", "patient id;study_instance_uid\r\nA;1.2.3\r\nB;1.2.4\r\n" },
        { "a table with tabs and a mark", "\ufeffSeries\tStudy Instance UID\n9\t1.2.3\n9\t1.2.4\n" },
        { "a table with quotes, commas and line ends in them", "\"Name\",\"Study UID\",\"Description\"\n\"A, B\",\"1.2.3\",\"two\nlines, \"\"quoted\"\"\"\n\"C\",\"1.2.4\",\"\"\n" },
        { "a table with empty rows and a comment above", "# export\n\nStudyInstanceUID\n1.2.3\n\n1.2.4\n\n" },
        { "a table that ends in rows of a spreadsheet", "StudyInstanceUID,x,y\r\n1.2.3,a,b\r\n,,\r\n1.2.4,,\r\n,,\r\n\"\",,\r\n" },
        { "a table by tag", "(0020,000D)|x\n1.2.3|y\n1.2.4|y\n" },
        { "objects in JSON", "{\"StudyInstanceUID\": \"1.2.3\"}\n{\"x\": 1, \"study_instance_uid\": \"1.2.4\"}\n" },
        { "objects in DICOM JSON", "{\"0020000D\": {\"vr\": \"UI\", \"Value\": [\"1.2.3\"]}}\n{\"0020000D\": {\"vr\": \"UI\", \"Value\": [\"1.2.4\"]}}\n" },
        { "what --failed-list writes", "# gs://b/p/studies/1.2.3/series/9.tar: it failed\n1.2.3\n# it does not exist in the store\n1.2.4\n" },
    };

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Lists))]
    public async Task All_of_them_are_read(string what, string list)
    {
        _ = what;
        Assert.Equal(["1.2.3", "1.2.4"], await CohortFile.StudiesAsync(new UTF8Encoding(false).GetBytes(list)));
        Assert.Equal(["1.2.3", "1.2.4"], await CohortFile.StudiesAsync((byte[])[.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(list)]));
        Assert.Equal(["1.2.3", "1.2.4"], await CohortFile.StudiesAsync((byte[])[.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(list)]));
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_mark_two_bytes_a_letter_are_noticed()
    {
        Assert.Equal(["1.2.3", "1.2.4"], await CohortFile.StudiesAsync(Encoding.Unicode.GetBytes("1.2.3\r\n1.2.4\r\n")));
        Assert.Equal(["1.2.3", "1.2.4"], await CohortFile.StudiesAsync(Encoding.BigEndianUnicode.GetBytes("1.2.3\r\n1.2.4\r\n")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("1.2.3\n1.2 4\n1.2.5\n", "1 line names no study: list.txt:2: no UID in its line.")]
    [InlineData("1.2.3\n\n--json\n\u001b[31mred\n", "2 lines name no study: list.txt:3: '--json', list.txt:4: no UID in its line.")]
    [InlineData("a;b\n1;2\n", "2 lines name no study: list.txt:1: no UID in its line, list.txt:2: no UID in its line.")]
    [InlineData("# export\nStudyInstanceUID,x\n1.2.3,y\n,y\n1.2/../4,z\n", "2 lines name no study: list.txt:4: no UID in its row, list.txt:5: no UID in the column 'StudyInstanceUID'.")]
    [InlineData("{\"StudyInstanceUID\": 12}\n{\"x\": \"1.2.3\"}\n{ broken\n", "3 lines cannot be read: list.txt:1: no UID in the column 'StudyInstanceUID', list.txt:2: no UID in its row, list.txt:3: JSON that cannot be parsed, at character 3.")]
    [InlineData("StudyInstanceUID\n1.2E+10\n", "1 line names no study: list.txt:2: '1.2E+10'.")]
    [InlineData("\"1.2.3\n1.2 4\n\n1.2.5\n", "1 line names no study: list.txt:2: no UID in its line.")]
    [InlineData("1.2.3\nhttps://host/bucket?key=abc\n1.2+4 # of one\n'a!'\n1.2.3#Doe\n", "4 lines name no study: list.txt:2: no UID in its line, list.txt:3: '1.2+4', list.txt:4: 'a!', list.txt:5: no UID in its line.")]
    [InlineData("1,2E+10\n", "1 line names no study: list.txt:1: '1,2E+10'.")]
    [InlineData("..\n", "1 line names no study: list.txt:1: '..'.")]
    public async Task Bad_lines_are_named_all_at_once(string list, string message) =>
        Assert.StartsWith(message, await CohortFile.ErrorAsync(list, CohortScope.Studies), StringComparison.Ordinal);

    [Fact(Timeout = 30_000)]
    public async Task Of_very_many_bad_lines_the_first_twenty_are_named_and_none_in_full_length()
    {
        var message = await CohortFile.ErrorAsync(string.Concat(Enumerable.Repeat(new string('x', 500) + "!\n", 1_000)), CohortScope.Studies);

        Assert.Contains("1000 lines name no study", message, StringComparison.Ordinal);
        Assert.Contains(", and 980 more.", message, StringComparison.Ordinal);
        Assert.Contains("list.txt:20:", message, StringComparison.Ordinal);
        Assert.DoesNotContain("list.txt:21:", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 3_000);
    }

    [Fact(Timeout = 30_000)]
    public async Task Hundreds_of_thousands_of_lines_are_no_burden()
    {
        var list = string.Concat(Enumerable.Range(0, 200_000).Select(i => $"1.2.{i}\n"));

        Assert.Equal(200_000, (await CohortFile.StudiesAsync(list)).Count);
    }
}
