using System.IO.Compression;
using System.Text;
using CodRetrieve.Cli.Cohorts;
using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests.Cohorts;

/// <summary>What other tools call a manifest, and files that are no list.</summary>
public sealed class ManifestTests
{
    private const string Tcia = "downloadServerUrl=https://example.org/nbia-download/servlet/DownloadServlet\nincludeAnnotation=true\nnoOfrRetry=4\ndatabasketId=manifest-1.tcia\nmanifestVersion=3.0\nListOfSeriesToDownload=";

    [Theory(Timeout = 30_000)]
    [InlineData("\n1.2.3\n1.2.4\n")]
    [InlineData("\r\n1.2.3\r\n\r\n1.2.4")]
    [InlineData("1.2.3\n1.2.4,\n")]
    public async Task A_manifest_of_the_cancer_imaging_archive_names_series(string list) =>
        Assert.Equal(["/1.2.3/", "/1.2.4/"], await CohortFile.UidsAsync(Tcia + list));

    [Fact(Timeout = 30_000)]
    public async Task Bad_lines_of_a_manifest_are_named() => Assert.StartsWith(
        "2 lines name no study, series or instance: list.txt:7: no UID in its line, list.txt:9: '1.2E+10'.", await CohortFile.ErrorAsync(Tcia + "\nx y\n1.2.3\n1.2E+10\n"), StringComparison.Ordinal);

    [Fact(Timeout = 30_000)]
    public async Task As_a_list_of_studies_a_manifest_with_series_is_refused() => Assert.StartsWith(
        "1 line cannot be read: list.txt:6: a manifest with series, and no studies; give it by --from.", await CohortFile.ErrorAsync(Tcia + "\n1.2.3\n", CohortScope.Studies), StringComparison.Ordinal);

    [Fact(Timeout = 30_000)]
    public async Task A_manifest_that_ends_before_its_list_is_refused() => Assert.StartsWith(
        "1 line cannot be read: list.txt:2: a manifest that ends without 'ListOfSeriesToDownload='.", await CohortFile.ErrorAsync("a=b\nc=d\n"), StringComparison.Ordinal);

    [Theory(Timeout = 30_000)]
    [InlineData("cp s3://idc-open-data/5c4f2a1e-0000-4000-8000-000000000001/* .\n")]
    [InlineData("# To download the files in this manifest, run\n\ncp s3://idc-open-data/5c4f2a1e-0000-4000-8000-000000000001/* .\n")]
    [InlineData("cp gs://public-datasets-idc/5c4f2a1e-0000-4000-8000-000000000001.dcm .\n")]
    [InlineData("s5cmd --no-sign-request cp 's3://idc-open-data/5c4f2a1e-0000-4000-8000-000000000001/*' .\n")]
    public async Task A_manifest_of_objects_is_refused_with_a_remedy(string manifest)
    {
        var message = await CohortFile.ErrorAsync(manifest);

        Assert.Contains("s5cmd", message, StringComparison.Ordinal);
        Assert.Contains("SeriesInstanceUID", message, StringComparison.Ordinal);
        Assert.Contains("idc-index", message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("PK\u0003\u0004", "an Excel workbook (.xlsx)")]
    [InlineData("%PDF-1.7\n", "a PDF document")]
    [InlineData("<!DOCTYPE html><html>", "a web page")]
    [InlineData("SQLite format 3\0", "a SQLite database")]
    [InlineData("PARE", "an encrypted Parquet file")]
    public async Task A_file_of_another_kind_is_called_what_it_is(string start, string what) =>
        Assert.Contains(what, await CohortFile.ErrorAsync(start), StringComparison.Ordinal);

    [Fact(Timeout = 30_000)]
    public async Task A_compressed_list_is_refused_with_the_command_that_reads_it()
    {
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("1.2.3\n"u8);
        }

        Assert.Contains("gzip -dc FILE | cod-retrieve ... --from -", await CohortFile.ErrorAsync(compressed.ToArray()), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_real_zip_and_a_dicom_file_are_called_what_they_are()
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            archive.CreateEntry("xl/workbook.xml");
        }

        Assert.Contains("an Excel workbook (.xlsx)", await CohortFile.ErrorAsync(zip.ToArray()), StringComparison.Ordinal);
        Assert.Contains("a DICOM file", await CohortFile.ErrorAsync([.. new byte[128], .. "DICM"u8]), StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(64)]
    [InlineData(100_000)]
    [InlineData(5_000_000)]
    public async Task Random_bytes_are_refused(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);

        Assert.NotEqual("", await CohortFile.ErrorAsync(bytes));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_of_zeros_and_an_empty_one_have_no_rows()
    {
        Assert.Empty(await CohortFile.RowsAsync(new byte[5_000_000]));
        Assert.Empty(await CohortFile.RowsAsync(""));
        Assert.Empty(await CohortFile.RowsAsync(Encoding.Unicode.GetPreamble()));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_mutated_list_says_is_usable_or_refused_with_a_line()
    {
        string[] lists = [Tcia + "\n1.2.3\n1.2.4\n", "a,StudyInstanceUID\n\"x\ny\",1.2\nb,1.3\n", "[{\"StudyInstanceUID\": \"1.2\"},\n{\"StudyInstanceUID\": \"1.3\"}]", "1.2\n# x\n'1.3'\n{\"StudyUID\": \"1.4\"}\n"];
        var random = new Random(1);
        var replacements = "\",\n\r{}[]\\\0#=; 1x"u8.ToArray();
        var (good, bad) = (0, 0);
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(lists[i % lists.Length]);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = replacements[random.Next(replacements.Length)];
            }

            try
            {
                await using var cohort = await Cohort.OpenAsync("-", () => new MemoryStream(bytes), CohortScope.All, [], CancellationToken.None);
                Assert.True((await cohort.RowsAsync().ToListAsync()).Count <= cohort.RowCount);
                good++;
            }
            catch (UsageException e)
            {
                Assert.Contains("standard input", e.Message, StringComparison.Ordinal);
                bad++;
            }
        }

        Assert.InRange(good, 200, 1_800);
        Assert.InRange(bad, 200, 1_800);
    }
}
