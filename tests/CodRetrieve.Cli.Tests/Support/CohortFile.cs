using System.Text;
using CodRetrieve.Cli.Cohorts;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>Reads a cohort from a file of a test's own.</summary>
internal static class CohortFile
{
    public static Task<IReadOnlyList<CohortRow>> RowsAsync(string content, params string[] columns) => RowsAsync(Encoding.UTF8.GetBytes(content), columns);

    public static async Task<IReadOnlyList<CohortRow>> RowsAsync(byte[] content, params string[] columns)
    {
        using var folder = new TempFolder();
        await using var cohort = await Cohort.OpenAsync(folder.Write("list", content), NoInput, CohortScope.All, columns, CancellationToken.None);
        return await cohort.RowsAsync().ToListAsync();
    }

    /// <summary>The rows, as <c>study/series/instance</c>.</summary>
    public static async Task<IReadOnlyList<string>> UidsAsync(string content) =>
        [.. (await RowsAsync(content)).Select(row => $"{row.Study}/{row.Series}/{row.Instance}")];

    public static Task<IReadOnlyList<string>> StudiesAsync(string content) => StudiesAsync(Encoding.UTF8.GetBytes(content));

    /// <summary>The studies, as <c>@FILE</c> takes them.</summary>
    public static async Task<IReadOnlyList<string>> StudiesAsync(byte[] content)
    {
        using var folder = new TempFolder();
        await using var cohort = await Cohort.OpenAsync(folder.Write("list", content), NoInput, CohortScope.Studies, [], CancellationToken.None);
        return (await cohort.SelectAsync(CancellationToken.None)).Studies;
    }

    public static Task<string> ErrorAsync(string content, CohortScope scope = CohortScope.All) => ErrorAsync(Encoding.UTF8.GetBytes(content), scope);

    /// <summary>What is said of a file named <c>list.txt</c> that cannot be used.</summary>
    public static async Task<string> ErrorAsync(byte[] content, CohortScope scope = CohortScope.All, string name = "list.txt")
    {
        using var folder = new TempFolder();
        var path = folder.Write(name, content);
        var error = await Assert.ThrowsAsync<UsageException>(() => Cohort.OpenAsync(path, NoInput, scope, [], CancellationToken.None));
        return error.Message.Replace(folder.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
    }

    private static Stream NoInput() => throw new InvalidOperationException("Standard input was not asked for.");
}
