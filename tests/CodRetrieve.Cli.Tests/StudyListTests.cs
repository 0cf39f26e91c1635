using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests;

public sealed class StudyListTests
{
    [Fact(Timeout = 30_000)]
    public async Task Studies_come_from_files_and_arguments_together()
    {
        await using var store = await CliStore.StartAsync();
        var studies = new[] { store.PutStudy(1), store.PutStudy(2), store.PutStudy(3) };
        var list = store.Folder.Write("studies.txt", "# a comment", "", $"  {studies[0].StudyInstanceUid}  ", studies[1].StudyInstanceUid, studies[0].StudyInstanceUid);

        var result = await store.RunAsync("download", TestStore.Url, "@" + list, studies[2].StudyInstanceUid, "-o", store.Folder.Output);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("Retrieving 3 studies ", result.Out, StringComparison.Ordinal);
        Assert.Equal(studies.Expected(), SavedFiles.In(store.Folder.Output, zip: false));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_is_a_list_of_studies_and_never_of_options()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var list = store.Folder.Write("studies.txt", study.StudyInstanceUid, "--json");

        var result = await store.RunAsync("stats", TestStore.Url, "@" + list);

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
        Assert.Empty(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_that_is_not_there_is_bad_input()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("stats", TestStore.Url, "@" + Path.Combine(store.Folder.Path, "none.txt"));

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
        Assert.Contains("none.txt", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_without_studies_is_bad_input()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("stats", TestStore.Url, "@" + store.Folder.Write("empty.txt", "# nothing", ""));

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("error: No Study Instance UID was given.", Assert.Single(result.ErrorLines));
    }
}
