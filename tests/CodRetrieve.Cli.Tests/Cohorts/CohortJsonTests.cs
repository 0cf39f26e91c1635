using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests.Cohorts;

/// <summary>Cohorts in JSON: objects of one's own and DICOM JSON (PS3.18, F.2), one per line, in an array, or over several lines.</summary>
public sealed class CohortJsonTests
{
    [Theory(Timeout = 30_000)]
    [InlineData("[{\"StudyInstanceUID\": \"1.2\"}, {\"study_uid\": \"1.3\", \"SeriesInstanceUID\": \"3.4\"}]", "1.2//", "1.3/3.4/")]
    [InlineData("[]\n")]
    [InlineData("[\"1.2\", \"1.3\"]", "1.2//", "1.3//")]
    [InlineData("\n  [\n  {\n    \"0020000D\": {\"vr\": \"UI\", \"Value\": [\"1.2\"]},\n    \"00080018\": {\"vr\": \"UI\", \"Value\": [\"5.6\"]}\n  }\n]\n", "1.2//5.6")]
    [InlineData("{\n  \"StudyInstanceUID\": \"1.2\",\n  \"Note\": \"} \\\" {\"\n}\n{\n  \"StudyInstanceUID\": \"1.3\"\n}\n", "1.2//", "1.3//")]
    [InlineData("{\"StudyInstanceUID\": \"1.2\"},\n# more\n1.3\n", "1.2//", "1.3//")]
    [InlineData("{\"StudyInstanceUID\": \"1.2\", \"SeriesInstanceUID\": null, \"SOPInstanceUID\": \"\"}", "1.2//")]
    [InlineData("{\"0020000D\": {\"vr\": \"UI\", \"Value\": [\"1.2\"]}, \"0020000E\": {\"vr\": \"UI\"}}", "1.2//")]
    public async Task All_of_them_are_read(string json, params string[] rows) => Assert.Equal(rows, await CohortFile.UidsAsync(json));

    [Fact(Timeout = 30_000)]
    public async Task Other_attributes_that_are_wanted_come_as_text()
    {
        var row = Assert.Single(await CohortFile.RowsAsync(
            """{"StudyInstanceUID": "1.2", "00100020": {"vr": "LO", "Value": ["P1"]}, "00100010": {"vr": "PN", "Value": [{"Alphabetic": "A^B"}]}, "00080061": {"vr": "CS", "Value": ["CT", "SR"]}, "Thickness": 1.5, "Sex": null, "Note": true}""",
            "00100020", "00100010", "00080061", "thickness", "sex", "note"));

        Assert.Equal(["P1", "A^B", "CT\\SR", "1.5", "true"], row.Columns.Values);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("[{\"StudyInstanceUID\": \"1.2\"},\n{\"StudyInstanceUID\": 1.3},\n{\"x\": 1}]", "2 lines name no study, series or instance: list.txt:2: no UID in the column 'StudyInstanceUID', list.txt:3: no UID in its row.")]
    [InlineData("[{\"StudyInstanceUID\": \"1.2\"},\n{\"StudyInst", "1 line cannot be read: list.txt:2: an object in JSON that is never closed")]
    [InlineData("[{\"StudyInstanceUID\": \"1.2\"},\n", "1 line cannot be read: list.txt:2: the end of the file, and the array in JSON is not closed")]
    [InlineData("[{\"StudyInstanceUID\": \"1.2\"}]\n[", "1 line cannot be read: list.txt:2: neither an object in JSON nor the end of the array, at character 1.")]
    [InlineData("[1.2, 1.3]", "1 line cannot be read: list.txt:1: neither an object in JSON nor the end of the array, at character 2.")]
    [InlineData("[{\"StudyInstanceUID\": \"1.2\"} x]", "1 line cannot be read: list.txt:1: neither an object in JSON nor the end of the array, at character 30.")]
    [InlineData("[{\"StudyInstanceUID\": \"1.2\",}]", "1 line cannot be read: list.txt:1: JSON that cannot be parsed, at character 29.")]
    [InlineData("[{]}]", "2 lines cannot be read: list.txt:1: JSON that cannot be parsed, at character 3, list.txt:1: neither an object in JSON nor the end of the array, at character 4.")]
    [InlineData("{\"studies\": [{\"StudyInstanceUID\": \"1.2\"}]}", "1 line names no study, series or instance: list.txt:1:")]
    [InlineData("[{\"0020000D\": {\"vr\": \"UI\", \"Value\": [\"1.2\", \"1.3\"]}}]", "1 line names no study, series or instance: list.txt:1:")]
    [InlineData("[{\"StudyInstanceUID\": \"\\ud800\"}]", "1 line cannot be read: list.txt:1: JSON with half a character")]
    [InlineData("[{\"StudyInstanceUID\": \"1.2E+10\"}]", "1 line names no study, series or instance: list.txt:1: '1.2E+10'.")]
    [InlineData("{\"StudyInstanceUID\": \"1.2\"}\n{\"N\": \"J\u00f6\ud83d\ude00\", oops}\n", "1 line cannot be read: list.txt:2: JSON that cannot be parsed, at character 15.")]
    [InlineData("[\n  {\n  \"N\": 1,\n    oops\n}]", "1 line cannot be read: list.txt:4: JSON that cannot be parsed, at character 5.")]
    [InlineData("[{\"StudyInstanceUID\": \"1.2\", \"Study UID\": \"1.3\"}]", "1 line cannot be read: list.txt:1: the columns 'StudyInstanceUID' and 'Study UID' have different UIDs.")]
    public async Task What_is_broken_is_named_with_its_line(string json, string message) =>
        Assert.StartsWith(message, await CohortFile.ErrorAsync(json), StringComparison.Ordinal);

    [Fact(Timeout = 30_000)]
    public async Task Deep_nesting_ends_no_process()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100_000)) + string.Concat(Enumerable.Repeat("]", 100_000));

        Assert.StartsWith("1 line cannot be read", await CohortFile.ErrorAsync($"[{{\"StudyInstanceUID\": {deep}}}]"), StringComparison.Ordinal);
        Assert.StartsWith("1 line cannot be read", await CohortFile.ErrorAsync(deep), StringComparison.Ordinal);
    }
}
