using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Reliability;

/// <summary>A server that sends the bytes of one object under the name and the headers of another.</summary>
public sealed class WrongObjectTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, null)]
    [InlineData(true, null)]
    public async Task The_bytes_of_another_tar_are_never_saved(bool zip, int? times)
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        var (first, second) = (study.AddSeries(Series()), study.AddSeries(Series()));
        store.Put(study);
        store.Server.Faults.Add(Fault.WrongObject(second.TarName(TestStore.Prefix)), RequestKind.Media, name => name == first.TarName(TestStore.Prefix), times);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid], zip ? OutputFormat.Zip : OutputFormat.Folder).RunAsync();

        var expected = study.Expected();
        Assert.Equal(times is null ? 5 : 0, result.InstancesFailed);
        Assert.All(result.Failures, failure => Assert.IsAssignableFrom<CodRetrieveException>(failure.Exception));
        var found = SavedFiles.In(folder.Path, zip);
        Assert.Equal(times is null ? 5 : 10, found.Count);
        Assert.All(found, pair => Assert.Equal(expected[pair.Key], pair.Value));
    }

    private static SyntheticSeriesOptions Series() => new() { InstanceCount = 5, InstanceSizeBytes = 20_000 };
}
