using System.Text;
using CodRetrieve.Cli.Cohorts;

namespace CodRetrieve.Cli.Tests.Cohorts;

public sealed class CohortTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_cohort_says_what_its_rows_name_and_selects_it()
    {
        await using var cohort = await OpenAsync("StudyInstanceUID,SeriesInstanceUID,SOPInstanceUID\n1,,\n2,3,\n2,4,5\n2,4,6\n,7,\n1,3,\n2,3,\n");

        Assert.Equal((7, true, true, true), ((int)cohort.RowCount, cohort.HasSeries, cohort.HasInstances, cohort.HasRowsWithoutStudy));
        var selection = await cohort.SelectAsync(CancellationToken.None);
        Assert.Equal(["1", "2"], selection.Studies);
        Assert.Equal(["1"], selection.WholeStudies);
        Assert.Equal(["3", "7"], selection.Series.Order(StringComparer.Ordinal));
        Assert.Equal(["5", "6"], selection.Instances.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_list_of_studies_names_nothing_else()
    {
        await using var cohort = await OpenAsync("1.2\n1.3\n1.2\n");

        Assert.Equal((3, false, false, false), ((int)cohort.RowCount, cohort.HasSeries, cohort.HasInstances, cohort.HasRowsWithoutStudy));
        Assert.Equal(["1.2", "1.3"], (await cohort.RowsAsync().ToListAsync()).Select(row => row.Study));
        Assert.Equal(2, (await cohort.RowsAsync().ToListAsync()).Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Standard_input_beyond_what_memory_takes_is_read_twice_too()
    {
        // It would need some buffers of the copy in memory, and goes to a file.
        var text = new StringBuilder("StudyInstanceUID,x\n");
        for (var i = 0; i < 100_000; i++)
        {
            text.Append(null, $"1.2.{i},{new string('x', 60)}\n");
        }

        await using var cohort = await OpenAsync(text.ToString());

        Assert.Equal(100_000, cohort.RowCount);
        Assert.Equal("1.2.99999", (await cohort.RowsAsync().ToListAsync())[^1].Study);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_that_changes_between_the_passes_is_noticed()
    {
        var content = new MemoryStream(Encoding.UTF8.GetBytes("1.2\n1.3\n"));
        await using var cohort = await Cohort.OpenAsync(new CohortSource("list", content), CohortScope.All, [], CancellationToken.None);
        content.Position = 5; // the point of 1.3
        content.WriteByte((byte)' ');

        var error = await Assert.ThrowsAsync<UsageException>(async () => await cohort.RowsAsync().ToListAsync());

        Assert.Equal("The list 'list' was changed while it was read. Run the command again when it is complete.", error.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task Reading_ends_when_it_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        await using var cohort = await OpenAsync("1.2\n1.3\n");
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cohort.RowsAsync(cancel.Token).ToListAsync());
    }

    private static Task<Cohort> OpenAsync(string content) =>
        Cohort.OpenAsync("-", () => new MemoryStream(Encoding.UTF8.GetBytes(content)), CohortScope.All, [], CancellationToken.None);
}
