using System.Text;
using CodRetrieve.Cli.Output;
using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests;

public sealed class CsvTableTests
{
    [Fact(Timeout = 30_000)]
    public async Task Fields_are_quoted_where_rfc_4180_wants_it()
    {
        using var content = new MemoryStream();
        var table = new CsvTable(content, ["A, B"]);

        table.Add(new InstanceRow("1.2", null, "5.6", "failed", 7, "+abc==", "a \"b\"", "two\r\nlines"), [" x"]);
        table.Add(default(InstanceRow) with { Outcome = "cancelled" }, [null]);
        await table.CompleteAsync();

        Assert.Equal("study,series,instance,outcome,bytes,crc32c,path,error,\"A, B\"\r\n1.2,,5.6,failed,7,+abc==,\"a \"\"b\"\"\",\"two\r\nlines\",\" x\"\r\n,,,cancelled,,,,,\r\n", content.Text());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("=cmd|' /C calc'!A0")]
    [InlineData("+1")]
    [InlineData("-1.5")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1")]
    [InlineData("\u00e4\u4e2d\U0001F600")]
    [InlineData("\"")]
    [InlineData("a\0b")]
    public async Task Values_come_back_as_they_were(string value)
    {
        using var content = new MemoryStream();
        var table = new CsvTable(content, ["Description"]);

        table.Add(new InstanceRow("1.2", "3.4", "5.6", "saved", 0, null, value, null), [value]);
        await table.CompleteAsync();

        var row = Assert.Single(ReportTable.ReadCsv(content.Text()));
        Assert.Equal((value, value), (row["path"], row["Description"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_table_without_rows_has_its_header_and_no_mark()
    {
        using var content = new MemoryStream();

        await new CsvTable(content, []).CompleteAsync();

        Assert.Equal("study,series,instance,outcome,bytes,crc32c,path,error\r\n"u8.ToArray(), content.ToArray());
    }

    [Fact(Timeout = 60_000)]
    public async Task Rows_go_to_the_stream_as_they_come()
    {
        using var content = new MemoryStream();
        var table = new CsvTable(content, []);
        var text = new string('x', 1_000);
        for (var i = 0; i < 10_000; i++)
        {
            table.Add(new InstanceRow(text, text, text, text, i, null, null, null), []);
            Assert.InRange(content.Length, ((i + 1) * 4_000L) - 100_000, long.MaxValue);
        }

        await table.CompleteAsync();

        Assert.Equal(10_001, Encoding.UTF8.GetString(content.ToArray()).Count(c => c == '\n'));
    }
}
