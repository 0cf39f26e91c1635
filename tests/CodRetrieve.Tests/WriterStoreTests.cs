using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

/// <summary>The main job over the store that the COD writer itself wrote, its broken states included.</summary>
public sealed class WriterStoreTests
{
    [FixtureFact]
    public Task Every_instance_from_the_server_to_a_folder_is_the_one_written() => RetrieveAllAsync(fromServer: true, zip: false);

    [FixtureFact]
    public Task Every_instance_from_the_server_to_zips_is_the_one_written() => RetrieveAllAsync(fromServer: true, zip: true);

    [FixtureFact]
    public Task Every_instance_from_a_disk_to_a_folder_is_the_one_written() => RetrieveAllAsync(fromServer: false, zip: false);

    [FixtureFact]
    public Task Every_instance_from_a_disk_to_zips_is_the_one_written() => RetrieveAllAsync(fromServer: false, zip: true);

    private static async Task RetrieveAllAsync(bool fromServer, bool zip)
    {
        var fixtures = SharedFixtures.Find()!;
        await using var server = await Testing.GcsTestServer.StartAsync();
        server.CreateBucket(fixtures.Bucket).PutDirectory(fixtures.BucketFolder);
        using var folder = new TempFolder();

        // The locks in the store are young only on this server, and nobody will end their edits.
        await using var cod = new CodDownload(new CodDownloadOptions { Endpoint = server.Endpoint, EditWaitTimeout = TimeSpan.Zero, LoggerFactory = LeakWatch.Loggers() });
        cod.InitDirectory(folder.Path);
        cod.InitBucket(fromServer ? $"gs://{fixtures.Bucket}/{fixtures.Prefix}" : Path.Combine(fixtures.BucketFolder, fixtures.Prefix));

        var first = await cod.CreateWatchedJob(fixtures.Studies, zip ? OutputFormat.Zip : OutputFormat.Folder).RunAsync();

        var expected = fixtures.Series.SelectMany(series => series.Instances
            .Where(instance => instance.InTar)
            .Select(instance => KeyValuePair.Create($"{series.Study}/{series.Series}/{instance.Sop}", instance.Sha256!)));
        Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal), SavedFiles.In(folder.Path, zip));
        AssertOutcomes(fixtures, first);

        server.ClearRequests();
        var second = await cod.CreateWatchedJob(fixtures.Studies, zip ? OutputFormat.Zip : OutputFormat.Folder).RunAsync();

        Assert.Equal(0, second.BytesDownloaded);
        Assert.Equal(0, second.InstancesSaved);
        Assert.Equal(first.InstancesSaved, second.InstancesSkipped);
        Assert.Equal(first.InstancesFailed, second.InstancesFailed);
        Assert.DoesNotContain(server.Requests, request => request.ObjectName?.EndsWith(".tar", StringComparison.Ordinal) == true);
    }

    private static void AssertOutcomes(SharedFixtures fixtures, JobResult result)
    {
        Assert.Equal(JobOutcome.Incomplete, result.Outcome);
        Assert.Equal(fixtures.Series.Count, result.Series.Count);
        foreach (var fixture in fixtures.Series)
        {
            var series = result.Series.Single(series => series.SeriesInstanceUid == fixture.Series);
            switch (fixture.Label)
            {
                case "s4-stale-tar":
                    Assert.Equal(SeriesOutcome.Incomplete, series.Outcome);
                    Assert.Equal(4, series.InstancesSaved);
                    Assert.Equal(
                        fixture.Instances.Where(instance => !instance.InTar).Select(instance => instance.Sop).Order(StringComparer.Ordinal),
                        series.Failures.Select(failure => failure.SopInstanceUid!).Order(StringComparer.Ordinal));
                    break;
                case "s4-no-tar":
                    Assert.Equal(SeriesOutcome.Failed, series.Outcome);
                    Assert.Equal(fixture.Instances.Count, Assert.Single(series.Failures).InstanceCount);
                    break;
                default:
                    Assert.Equal(SeriesOutcome.Saved, series.Outcome);
                    Assert.Equal(fixture.Instances.Count, series.InstancesSaved);
                    Assert.Empty(series.Failures);
                    break;
            }
        }
    }
}
