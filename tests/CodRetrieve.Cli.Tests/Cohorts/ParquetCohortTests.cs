using System.Globalization;
using CodRetrieve.Cli.Cohorts;
using CodRetrieve.Cli.Tests.Support;
using Parquet;
using Parquet.Schema;

namespace CodRetrieve.Cli.Tests.Cohorts;

public sealed class ParquetCohortTests
{
    [Theory(Timeout = 30_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public async Task Rows_are_read_over_all_row_groups(int groupSize)
    {
        var content = await ParquetFile.OfTextAsync(
            groupSize, ("collection", ["a", "b", "c"]), ("StudyInstanceUID", ["1.1", "1.2", null]), ("series_instance_uid", [null, " 2.2 ", "2.3"]));

        var rows = await CohortFile.RowsAsync(content, "Collection");

        Assert.Equal([("1.1", null, "a", 1), ("1.2", "2.2", "b", 2), (null, "2.3", "c", 3)], rows.Select(row => (row.Study, row.Series, row.Columns["collection"], (int)row.Line)));
    }

    // Files/*.parquet are from Apache Arrow's own writer in C++ (ParquetSharp 25.0.1): 60 rows, and each another compression or encoding.
    [Theory(Timeout = 30_000)]
    [InlineData("snappy")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("brotli")]
    [InlineData("lz4")]
    [InlineData("plain")]
    [InlineData("delta")]
    [InlineData("delta-length")]
    public async Task Files_of_another_writer_are_read(string name)
    {
        var content = await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "tests", "CodRetrieve.Cli.Tests", "Cohorts", "Files", name + ".parquet"));

        var rows = await CohortFile.RowsAsync(content, "PatientID", "SliceThickness", "Modality");

        Assert.Equal(60, rows.Count);
        Assert.All(rows.Index(), row =>
        {
            var expected = new[] { row.Index % 3 == 0 ? null : $"P{row.Index}", row.Index % 2 == 0 ? null : (row.Index / 4.0).ToString(CultureInfo.InvariantCulture), row.Index % 2 == 0 ? "CT" : "MR" };
            Assert.Equal($"1.2.840.{row.Index}", row.Item.Study);
            Assert.Equal(expected, new[] { "PatientID", "SliceThickness", "Modality" }.Select(column => row.Item.Columns.GetValueOrDefault(column)));
        });
    }

    [Fact(Timeout = 30_000)]
    public async Task Columns_of_numbers_and_dates_come_as_text()
    {
        var (uid, size, thickness, date, flag, nothing) =
            (new DataField<string>("StudyInstanceUID"), new DataField<long>("Size"), new DataField<double?>("Thickness"), new DataField<DateTime>("Date"), new DataField<bool>("Flag"), new DataField<int?>("None"));
        using var content = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(uid, size, thickness, date, flag, nothing), content))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(uid, ["1.1", "1.2"]);
            await group.WriteAsync<long>(size, new long[] { long.MaxValue, 0 });
            await group.WriteAsync<double>(thickness, new double?[] { null, 1.25 });
            await group.WriteAsync<DateTime>(date, new[] { new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Utc), new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Utc) });
            await group.WriteAsync<bool>(flag, new[] { true, false });
            await group.WriteAsync<int>(nothing, new int?[] { null, null });
        }

        var rows = await CohortFile.RowsAsync(content.ToArray(), "size", "thickness", "date", "flag", "none");

        Assert.Equal("Size 9223372036854775807, Date 2024-02-29, Flag true", string.Join(", ", rows[0].Columns.Select(column => $"{column.Key} {column.Value}")));
        Assert.Equal("Size 0, Thickness 1.25, Date 2024-02-29, Flag false", string.Join(", ", rows[1].Columns.Select(column => $"{column.Key} {column.Value}")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Bad_rows_are_named_by_their_number()
    {
        var content = await ParquetFile.OfTextAsync(2, ("StudyInstanceUID", ["1.1", "1.2E+10", null, "a b"]));

        Assert.StartsWith(
            "3 lines name no study, series or instance: c.parquet:2: '1.2E+10', c.parquet:3: no UID in its row, c.parquet:4: no UID in the column 'StudyInstanceUID'.", await CohortFile.ErrorAsync(content, name: "c.parquet"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_column_of_numbers_is_no_column_of_uids()
    {
        var message = await CohortFile.ErrorAsync(await ParquetFile.OfAsync("StudyInstanceUID", 1.2, 1.3), name: "c.parquet");

        Assert.StartsWith("1 line cannot be read: c.parquet:1: the column 'StudyInstanceUID' has the type Double, and a UID is text: numbers lose its digits.", message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_column_of_uids_the_columns_are_named() => Assert.StartsWith(
        "1 line cannot be read: c.parquet:1: no column is named StudyInstanceUID, SeriesInstanceUID or SOPInstanceUID; there are a, b.",
        await CohortFile.ErrorAsync(await ParquetFile.OfTextAsync(9, ("a", ["1"]), ("b", ["2"])), name: "c.parquet"), StringComparison.Ordinal);

    [Fact(Timeout = 30_000)]
    public async Task As_a_list_of_studies_only_the_studies_are_read()
    {
        Assert.Equal(["1.1"], await CohortFile.StudiesAsync(await ParquetFile.OfTextAsync(9, ("StudyInstanceUID", ["1.1", "1.1"]), ("SeriesInstanceUID", ["no uid", "2.2"]))));
        Assert.Contains("give the list by --from", await CohortFile.ErrorAsync(await ParquetFile.OfTextAsync(9, ("SeriesInstanceUID", ["2.2"])), CohortScope.Studies), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_empty_file_has_no_rows() => Assert.Empty(await CohortFile.RowsAsync(await ParquetFile.OfTextAsync(9, ("StudyInstanceUID", []))));

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_is_broken_off_anywhere_is_refused()
    {
        var content = await ParquetFile.OfTextAsync(50, ("StudyInstanceUID", [.. Enumerable.Range(0, 100).Select(i => $"1.2.{i}")]));
        for (var length = 4; length < content.Length; length += 7)
        {
            Assert.StartsWith(
                "1 line cannot be read: c.parquet:1: a Parquet file whose end is missing: it is broken off, or still being written. Copy it again.",
                await CohortFile.ErrorAsync(content[..length], name: "c.parquet"), StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Damaged_pages_are_refused_or_give_no_more_rows_than_there_are()
    {
        var content = await ParquetFile.OfTextAsync(20, ("StudyInstanceUID", [.. Enumerable.Range(0, 40).Select(i => $"1.2.{i}")]), ("x", [.. Enumerable.Range(0, 40).Select(i => $"{i % 3}")]));
        var footer = content.Length - 8 - BitConverter.ToInt32(content, content.Length - 8);
        var random = new Random(3);
        var (good, bad) = (0, 0);
        for (var i = 0; i < 500; i++)
        {
            var damaged = content.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                damaged[random.Next(4, footer)] = (byte)random.Next(256);
            }

            try
            {
                Assert.InRange((await CohortFile.RowsAsync(damaged, "x")).Count, 1, 40);
                good++;
            }
            catch (UsageException)
            {
                bad++;
            }
        }

        Assert.InRange(good, 10, 490);
        Assert.InRange(bad, 10, 490);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_damaged_schema_is_refused_as_damage()
    {
        // The schema is at the beginning of what stands behind the pages.
        var content = await ParquetFile.OfTextAsync(2, ("PatientName", ["PLANTED^John"]), ("StudyInstanceUID", ["1.2"]));
        var footer = content.Length - 8 - BitConverter.ToInt32(content, content.Length - 8);
        var messages = new List<string>();
        for (var i = footer; i < footer + 60; i++)
        {
            var damaged = content.ToArray();
            damaged[i] = (byte)'1';
            try
            {
                await CohortFile.RowsAsync(damaged, "PatientName");
            }
            catch (UsageException e)
            {
                messages.Add(e.Message);
            }
        }

        Assert.Contains(messages, message => message.Contains("a Parquet file that is damaged, or of a kind that cannot be read (cannot decode schema", StringComparison.Ordinal));
        Assert.All(messages, message => Assert.DoesNotContain("PLANTED", message, StringComparison.Ordinal));
        Assert.InRange(messages.Count, 10, 59);
    }

    [Fact(Timeout = 120_000)]
    public async Task Memory_is_that_of_a_row_group()
    {
        const int Groups = 50;
        var values = Enumerable.Range(0, 20_000).Select(i => $"1.2.840.113619.2.55.3.1.2.3.4.5.6.7.8.9.{i}").ToArray();
        var file = new MemoryStream();
        var field = new DataField<string>("StudyInstanceUID");
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(field), file))
        {
            for (var i = 0; i < Groups; i++)
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync(field, values);
            }
        }

        await using var source = new CohortSource("c.parquet", file);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (count, most) = (0, 0L);
        await foreach (var line in CohortReader.ReadAsync(source, CohortScope.All, [], CancellationToken.None))
        {
            Assert.Null(line.Problem);
            if (++count % 100_000 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        // All rows would take 150 MB.
        Assert.Equal(Groups * values.Length, count);
        Assert.InRange(most, long.MinValue, 80_000_000);
    }
}
