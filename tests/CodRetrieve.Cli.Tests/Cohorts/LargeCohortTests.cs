using CodRetrieve.Cli.Cohorts;
using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests.Cohorts;

/// <summary>Cohorts of millions of rows take time, and no memory.</summary>
[Trait("Duration", "long")]
public sealed class LargeCohortTests
{
    private const long MaxGrowth = 150_000_000;

    public static TheoryData<string, string, string, int> Files => new()
    {
        // A table of 600 MB, whose rows would take some GB.
        { "table", "PatientID,StudyInstanceUID,SeriesInstanceUID\n", "\"P, {0}\",1.2.840.113619.2.55.3.{0}.1,1.2.840.113619.2.55.3.{0}.1.2.3.4.5.6.7.8.9\n", 5_000_000 },
        { "lines", "", "1.2.840.113619.2.55.3.{0}.1.2.3.4.5.6.7.8.9 # of one\n", 2_000_000 },
        { "array", "[{\"StudyUID\": \"1.1\"}", ", {{\"StudyInstanceUID\": \"1.2.840.113619.2.55.3.{0}.1\", \"Note\": \"a longer text that nobody needs\"}}\n", 1_000_000 },
    };

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Files))]
    public async Task Memory_stays_flat(string what, string begin, string row, int rows)
    {
        await using var source = new CohortSource(what, new GeneratedFile(begin, rows, i => string.Format(null, row, i)));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (count, most) = (0L, 0L);
        await foreach (var line in CohortReader.ReadAsync(source, CohortScope.All, ["PatientID"], CancellationToken.None))
        {
            if (line.Row is not null && ++count % 500_000 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.InRange(count, rows - 1, rows + 1);
        Assert.InRange(most, long.MinValue, MaxGrowth);
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_rows_that_were_seen_only_hashes_are_held()
    {
        const int Rows = 1_000_000;
        var source = new CohortSource("table", new GeneratedFile("StudyInstanceUID\n", 2 * Rows, i => $"1.2.840.113619.2.55.3.1.2.3.4.5.6.7.8.9.{i % Rows}\n"));
        await using var cohort = await Cohort.OpenAsync(source, CohortScope.All, [], CancellationToken.None);

        var count = 0;
        await foreach (var row in cohort.RowsAsync())
        {
            Assert.Equal(count + 2, row.Line);
            count++;
        }

        Assert.Equal((Rows, 2L * Rows), (count, cohort.RowCount));
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_millions_of_bad_rows_twenty_are_held()
    {
        var source = new CohortSource("table", new GeneratedFile("StudyInstanceUID\n", 1_000_000, i => $"bad uid {i}\n"));

        var error = await Assert.ThrowsAsync<UsageException>(() => Cohort.OpenAsync(source, CohortScope.Studies, [], CancellationToken.None));

        Assert.StartsWith("1000000 lines name no study: table:2: no UID in the column 'StudyInstanceUID',", error.Message, StringComparison.Ordinal);
        Assert.Contains(", and 999980 more.", error.Message, StringComparison.Ordinal);
    }
}
