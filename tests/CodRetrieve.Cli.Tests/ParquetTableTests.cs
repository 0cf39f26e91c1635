using CodRetrieve.Cli.Output;
using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests;

public sealed class ParquetTableTests
{
    [Fact(Timeout = 30_000)]
    public async Task Sizes_are_numbers_and_all_else_is_text_that_may_be_missing()
    {
        using var content = new MemoryStream();
        var table = new ParquetTable(content, ["Modality"]);
        table.Add(new InstanceRow("1.2", "3.4", "5.6", "saved", long.MaxValue, "AAAAAA==", "p", null), ["CT"]);
        table.Add(new InstanceRow(null, null, null, "cancelled", null, null, null, "\u00e4"), [null]);
        await table.CompleteAsync();

        var (rows, _, schema) = await ReportTable.ReadParquetAsync(content);

        Assert.Equal([.. InstanceRow.Columns, "Modality"], schema.DataFields.Select(field => field.Name));
        Assert.All(schema.DataFields, field => Assert.True(field.IsNullable));
        Assert.Equal("bytes", Assert.Single(schema.DataFields, field => field.ClrType == typeof(long)).Name);
        Assert.Equal(["1.2 3.4 5.6 saved 9223372036854775807 AAAAAA== p  CT", "   cancelled    \u00e4 "], rows.Select(row => string.Join(' ', row.Values)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_table_without_rows_has_its_columns()
    {
        using var content = new MemoryStream();

        await new ParquetTable(content, ["Modality"]).CompleteAsync();

        var (rows, groups, schema) = await ReportTable.ReadParquetAsync(content);
        Assert.Empty(rows);
        Assert.Empty(groups);
        Assert.Equal(InstanceRow.Columns.Count + 1, schema.DataFields.Length);
    }

    [Fact(Timeout = 60_000)]
    public async Task Row_groups_have_a_bounded_number_of_rows_in_their_order()
    {
        using var content = new MemoryStream();
        var table = new ParquetTable(content, []);
        for (var i = 0; i < 120_000; i++)
        {
            table.Add(new InstanceRow($"1.{i}", null, null, "saved", i, null, null, null), []);
        }

        await table.CompleteAsync();

        var (rows, groups, _) = await ReportTable.ReadParquetAsync(content);
        Assert.Equal([50_000, 50_000, 20_000], groups);
        Assert.All(rows.Index(), row => Assert.Equal(($"1.{row.Index}", $"{row.Index}"), (row.Item["study"], row.Item["bytes"])));
    }

    [Fact(Timeout = 60_000)]
    public async Task Row_groups_have_a_bounded_length_of_text()
    {
        using var content = new MemoryStream();
        var table = new ParquetTable(content, ["Note"]);
        for (var i = 0; i < 100; i++)
        {
            table.Add(new InstanceRow("1", null, null, "saved", i, null, null, null), [new string('x', 1_000_000)]);
        }

        await table.CompleteAsync();

        Assert.Equal([34, 34, 32], (await ReportTable.ReadParquetAsync(content)).Groups);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_not_completed_is_no_parquet_file()
    {
        using var content = new MemoryStream();
        var table = new ParquetTable(content, []);
        for (var i = 0; i < 60_000; i++)
        {
            table.Add(new InstanceRow("1", null, null, "saved", i, null, null, null), []);
        }

        Assert.NotEqual(0, content.Length);
        await Assert.ThrowsAnyAsync<IOException>(() => ReportTable.ReadParquetAsync(content));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_disk_that_is_full_fails_the_end_and_holds_no_rows()
    {
        var table = new ParquetTable(new FullStream(), []);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 300_000; i++)
        {
            table.Add(new InstanceRow("1", null, null, "saved", i, null, null, null), []);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
        Assert.Equal("There is no space.", (await Assert.ThrowsAsync<IOException>(table.CompleteAsync)).Message);
    }

    [Fact(Timeout = 300_000)]
    [Trait("Duration", "long")]
    public async Task Memory_stays_flat_for_millions_of_rows()
    {
        var table = new ParquetTable(Stream.Null, ["PatientID"]);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        for (var i = 0; i < 2_000_000; i++)
        {
            table.Add(new InstanceRow("1.2.840.113619.2.55.3", $"1.2.840.113619.2.55.3.{i / 100}", $"1.2.840.113619.2.55.3.1.2.3.4.{i}", "saved", i, "AAAAAA==", $"/data/{i}.dcm", null), [$"P{i}"]);
            if (i % 500_000 == 499_999)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        await table.CompleteAsync();

        // All rows would take about 600 MB.
        Assert.InRange(most, long.MinValue, 150_000_000);
    }

    private sealed class FullStream : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("There is no space.");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("There is no space.");
    }
}
