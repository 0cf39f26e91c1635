using System.Text;
using CodRetrieve.Cli.Cohorts;
using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests.Cohorts;

/// <summary>Tables, as spreadsheets, databases and archives write them.</summary>
public sealed class TableTests
{
    [Theory(Timeout = 30_000)]
    [InlineData("StudyInstanceUID,SeriesInstanceUID,SOPInstanceUID\n1.2,3.4,5.6\n", "1.2/3.4/5.6")]
    [InlineData("study uid;Series UID;sop_uid\r\n1.2;3.4;5.6\r\n", "1.2/3.4/5.6")]
    [InlineData("0020000D\t0020000e\t(0008,0018)\n1.2\t3.4\t5.6", "1.2/3.4/5.6")]
    [InlineData("Series-Instance-UID|Instance UID\n3.4|5.6\n", "/3.4/5.6")]
    [InlineData("SeriesInstanceUID\n3.4\n", "/3.4/")]
    [InlineData("sop instance uid\n5.6\n", "//5.6")]
    [InlineData("StudyInstanceUID,SeriesInstanceUID\n1.2,\n", "1.2//")]
    [InlineData("study,series,instance,outcome\n1.2,3.4,5.6,failed\n", "1.2/3.4/5.6")]
    [InlineData("study,series\n1.2,4\n", "1.2//")]
    [InlineData("Study,StudyInstanceUID\nThorax nativ,1.2\n", "1.2//")]
    [InlineData("sep=;\nx;StudyInstanceUID\na;1.2\n", "1.2//")]
    [InlineData("\"Study\nInstance UID\",x\n1.2,\n", "1.2//")]
    [InlineData("StudyInstanceUID,x\n=\"1.2\",a\n", "1.2//")]
    [InlineData("StudyInstanceUID,x\n\"=\"\"1.2\"\"\",a\n", "1.2//")]
    [InlineData("StudyInstanceUID,x\n'1.2,a\n", "1.2//")]
    [InlineData("StudyInstanceUID\r1.2\r", "1.2//")]
    [InlineData("Study UID,StudyInstanceUID\n1.2,1.2\n", "1.2//")]
    [InlineData("StudyInstanceUID,StudyInstanceUID\n,1.2\n", "1.2//")]
    [InlineData("a,b,StudyInstanceUID\n1,2,1.2,and,more,columns\n", "1.2//")]
    [InlineData("StudyInstanceUID,x\n1.2,a 5\" disc and a 6\" disc\n", "1.2//")]
    public async Task Columns_are_found_by_their_names(string table, string row) =>
        Assert.Equal([row], await CohortFile.UidsAsync(table));

    [Fact(Timeout = 30_000)]
    public async Task Lines_of_any_system_and_fields_of_several_lines_are_counted_right()
    {
        var rows = await CohortFile.RowsAsync("# by\n\nStudyInstanceUID,x\r\n1.1,a\r1.2,\"b\r\nc\"\n1.3,\"d\n\"\"e\"\"\n\"\r\n\r\n1.4,\n");

        Assert.Equal([("1.1", 4), ("1.2", 5), ("1.3", 7), ("1.4", 11)], rows.Select(row => (row.Study!, (int)row.Line)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Other_columns_that_are_wanted_keep_their_names_and_values()
    {
        var row = Assert.Single(await CohortFile.RowsAsync("patient_id,Study UID,Note,unwanted\n\"A, 'B\",1.2,,x\n", "PatientID", "note", "Modality"));

        Assert.Equal(["patient_id"], row.Columns.Keys);
        Assert.Equal("A, 'B", row.Columns["PatientID"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Rows_that_ask_for_the_same_count_once_in_their_order() => Assert.Equal(
        ["1.2/3/", "1.2/4/", "1.2//", "1.1/3/"],
        await CohortFile.UidsAsync("StudyInstanceUID,SeriesInstanceUID\n1.2,3\n1.2,4\n1.2,3\n1.2,\n1.1,3\n1.2,4\n"));

    [Theory(Timeout = 30_000)]
    [InlineData("StudyInstanceUID,x\n1.2,a\n1.2E+10,b\n", "1 line names no study, series or instance: list.txt:3: '1.2E+10'.")]
    [InlineData("StudyInstanceUID;x\n1,23457E+23;b\n", "1 line names no study, series or instance: list.txt:2: '1,23457E+23'.")]
    [InlineData("StudyInstanceUID;x\n1.2E10;b\n", "1 line names no study, series or instance: list.txt:2: '1.2E10'.")]
    [InlineData("StudyInstanceUID,SeriesInstanceUID\n1.2,1E+10\n", "1 line names no study, series or instance: list.txt:2: '1E+10'.")]
    public async Task A_uid_that_became_a_number_is_explained(string table, string message)
    {
        var error = await CohortFile.ErrorAsync(table);

        Assert.StartsWith(message, error, StringComparison.Ordinal);
        Assert.EndsWith("A spreadsheet took UIDs for numbers (1.2E+10), and their digits are lost: format the column as text before the UIDs come into it, and export it again.", error, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("1e4066563c42f3a2")]
    [InlineData("12e45")]
    [InlineData("1.2.840.10008")]
    [InlineData("study-1_A")]
    public async Task Hashes_and_other_identifiers_are_no_numbers(string identifier) =>
        Assert.Equal([identifier + "//"], await CohortFile.UidsAsync($"StudyInstanceUID\n{identifier}\n"));

    [Theory(Timeout = 30_000)]
    [InlineData("StudyInstanceUID,SeriesInstanceUID\n1.2,x y\n1.2,../3\n,\n", "2 lines name no study, series or instance: list.txt:2: no UID in the column 'SeriesInstanceUID', list.txt:3: no UID in the column 'SeriesInstanceUID'.")]
    [InlineData("Study UID,StudyInstanceUID\n1.2,1.3\n", "1 line cannot be read: list.txt:2: the columns 'Study UID' and 'StudyInstanceUID' have different UIDs.")]
    [InlineData("x,StudyInstanceUID\n\"a,1.2\nb,1.3\n", "1 line cannot be read: list.txt:2: the quote that is opened here is never closed.")]
    [InlineData("x,StudyInstanceUID\na,1.1\n\"b,1.2\nc,1.3\nd\",1.4\n\"e,1.5\n", "1 line cannot be read: list.txt:6: the quote that is opened here is never closed.")]
    [InlineData("x,StudyInstanceUID\n5\" disc,1.2\n6\" disc,1.3\n", "1 line cannot be read: list.txt:2: a quote that neither begins nor ends a field:")]
    [InlineData("x,StudyInstanceUID\n\"5 disc,1.2\n6\" disc,1.3\n", "1 line cannot be read: list.txt:2: a quote that neither begins nor ends a field:")]
    [InlineData("x,StudyInstanceUID\n,bad uid\n\"a,1.2\n", "2 lines cannot be read: list.txt:2: no UID in the column 'StudyInstanceUID', list.txt:3: the quote that is opened here is never closed.")]
    public async Task Rows_that_cannot_be_used_are_named(string table, string message) =>
        Assert.StartsWith(message, await CohortFile.ErrorAsync(table), StringComparison.Ordinal);

    [Fact(Timeout = 30_000)]
    public async Task A_table_of_a_header_only_is_empty() => Assert.Empty(await CohortFile.RowsAsync("StudyInstanceUID,PatientID\n"));

    [Fact(Timeout = 30_000)]
    public async Task As_a_list_of_studies_series_are_passed_over()
    {
        Assert.Equal(["1.2", "1.3"], await CohortFile.StudiesAsync("Study UID,Series UID\n1.2,1\n1.2,no uid\n1.3,\n"));
        Assert.StartsWith(
            "1 line cannot be read: list.txt:1: the columns name series or instances, and no studies; give the list by --from.",
            await CohortFile.ErrorAsync("Series UID\n1.2\n", CohortScope.Studies), StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("StudyInstanceUID,x\n1.2,a\n1.3,", "list.txt:3: a line of more than 1048576 characters")]
    [InlineData("StudyInstanceUID,x\n1.2,a\n1.3,\"", "list.txt:3: a line of more than 1048576 characters")]
    [InlineData("1.2\n1.3\n#", "list.txt:3: a line of more than 1048576 characters")]
    [InlineData("[{\"x\": \"", "list.txt:1: an object of more than 1048576 characters")]
    public async Task A_huge_line_is_refused_with_its_number(string begin, string message) =>
        Assert.Contains(message, await CohortFile.ErrorAsync(begin + new string('x', 3_000_000)), StringComparison.Ordinal);

    [Fact(Timeout = 30_000)]
    public async Task A_line_just_below_the_limit_is_read() =>
        Assert.Equal(["1.2//", "1.3//"], await CohortFile.UidsAsync($"StudyInstanceUID,x\n1.2,{new string('x', CohortText.MaxLineLength - 10)}\n1.3,\"{new string('"', CohortText.MaxLineLength - 100)}\"\n"));

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task Where_the_file_is_cut_into_reads_does_not_matter(int size)
    {
        const string Table = "StudyInstanceUID,x\r\n1.1,\"a\r\nb\"\r\n1.2,\"\"\"q\"\" \r\n\"\r\n1.3,5\" or 6\"\r\n\r\n1.4,\u00e4\u20ac\r\n";
        using var text = await CohortText.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes(Table)), CancellationToken.None);
        var header = TableRows.FromHeader((await text.ReadLineAsync(CancellationToken.None))!, []);
        using var table = new TableText(text, ',', 2);
        var read = new StringBuilder();
        var buffer = new char[size];
        int count;
        while ((count = await table.ReadAsync(buffer.AsMemory())) > 0)
        {
            read.Append(buffer, 0, count);
        }

        Assert.NotNull(header);
        // From the end of the header on.
        Assert.Equal(Table[Table.IndexOf('\n', StringComparison.Ordinal)..], read.ToString());
    }
}
