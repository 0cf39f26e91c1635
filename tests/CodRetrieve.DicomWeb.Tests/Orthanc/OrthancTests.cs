using System.Diagnostics;
using CodRetrieve.DicomWeb.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.DicomWeb.Tests.Orthanc;

/// <summary>Delivery to a real receiver.</summary>
[Trait("Duration", "long")]
public sealed class OrthancTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [OrthancFact]
    public async Task A_study_arrives_byte_for_byte_is_read_back_and_the_next_run_sends_nothing()
    {
        await using var orthanc = await OrthancServer.StartAsync(_folder.Path);
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 40, series: 4, bytes: 60_000);

        var (result, counts) = await SendAsync(site, orthanc, study, options => options.Verification = DeliveryVerification.Bytes);

        Assert.Equal((JobOutcome.Complete, 160L), (result.Outcome, counts.Of(DeliveryOutcome.Stored)));
        Assert.Equal(Expected(study), await orthanc.FilesAsync());
        var (again, none) = await SendAsync(site, orthanc, study);
        Assert.Equal((160, ""), (again.InstancesSkipped, none.ToString()));
    }

    [OrthancFact(needsFixtures: true)]
    public async Task All_fixtures_of_the_writer_arrive_byte_for_byte()
    {
        var fixtures = SharedFixtures.Find()!;
        await using var orthanc = await OrthancServer.StartAsync(_folder.Path);
        var options = Options(orthanc);
        options.ReceiptDirectory = _folder.Path;
        using var handler = new StowSaveHandler(options);

        // The locks in the store are young only here, and nobody will end their edits.
        await using var cod = new CodDownload(new CodDownloadOptions { EditWaitTimeout = TimeSpan.Zero });
        cod.InitBucket(Path.Combine(fixtures.BucketFolder, fixtures.Prefix));

        var result = await cod.CreateJob(fixtures.Studies, handler).RunAsync();

        // One study is in a store with hashed UIDs: receivers have them as they are in the files.
        var expected = fixtures.Series.SelectMany(series => series.Instances).Where(one => one.InTar).Select(one => one.Sha256!).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(expected, (await orthanc.FilesAsync()).Values.Order(StringComparer.Ordinal));
        Assert.Equal((expected.Count, (long)expected.Count), (result.InstancesSaved, handler.Counts.Of(DeliveryOutcome.Stored)));
        Assert.All(result.Failures, failure => Assert.IsNotType<DeliveryException>(failure.Exception));

        var again = await cod.CreateJob(fixtures.Studies, handler).RunAsync();
        Assert.Equal((expected.Count, 0), (again.InstancesSkipped, again.InstancesSaved));
    }

    [OrthancFact]
    public async Task A_large_instance_is_streamed_to_it()
    {
        await using var orthanc = await OrthancServer.StartAsync(_folder.Path);
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 2, bytes: 5_000_000);

        var (result, _) = await SendAsync(site, orthanc, study, options => options.MaxBufferedBytes = 1 << 20);

        Assert.Equal(2, result.InstancesSaved);
        Assert.Equal(Expected(study), await orthanc.FilesAsync());
    }

    [OrthancFact]
    public async Task A_login_is_needed_where_it_demands_one()
    {
        await using var orthanc = await OrthancServer.StartAsync(_folder.Path, hasLogin: true);
        await using var site = await Delivering.StartAsync();
        var study = site.Put();

        var failed = await Assert.ThrowsAsync<JobFailedException>(() => SendAsync(site, orthanc, study));
        Assert.Equal(DestinationFailure.AccessDenied, Assert.IsType<DestinationException>(failed.Result.FatalException).Reason);

        var (result, _) = await SendAsync(site, orthanc, study, options => (options.UserName, options.Password) = ("pacs", "secret"));
        Assert.Equal(8, result.InstancesSaved);
        Assert.Equal(Expected(study), await orthanc.FilesAsync());
    }

    [OrthancFact]
    public async Task Cancelled_and_killed_at_random_moments_25_times_it_has_every_instance_once_in_the_end()
    {
        await using var orthanc = await OrthancServer.StartAsync(_folder.Path);
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 60, series: 5, bytes: 20_000);
        var random = new Random(11);
        var (acknowledged, interrupted) = (new HashSet<string>(StringComparer.Ordinal), 0);
        for (var round = 0; round < 25; round++)
        {
            using var cancellation = new CancellationTokenSource();
            using var handler = new StowSaveHandler(Options(orthanc));
            await using var cod = new CodDownload(site.Store.Options());
            cod.InitBucket(TestStore.Url);
            var job = cod.CreateJob([study.StudyInstanceUid], handler);
            var left = random.Next(1, 12);
            job.Saved += (_, saved) =>
            {
                acknowledged.Add(saved.Result.Instance.SopInstanceUid);
                if (--left == 0)
                {
                    cancellation.Cancel();
                }
            };
            try
            {
                await job.RunAsync(cancellationToken: cancellation.Token);
            }
            catch (OperationCanceledException)
            {
                interrupted++;
            }

            if (round % 5 == 4)
            {
                await orthanc.KillAsync();
                await orthanc.StartAsync();
            }
        }

        Assert.InRange(interrupted, 15, 25);
        Assert.Subset((await orthanc.FilesAsync()).Keys.ToHashSet(StringComparer.Ordinal), acknowledged);
        Assert.Equal(JobOutcome.Complete, (await SendAsync(site, orthanc, study)).Result.Outcome);
        Assert.Equal(Expected(study), await orthanc.FilesAsync());
    }

    [OrthancFact]
    public async Task One_that_is_killed_in_the_middle_and_comes_back_is_waited_for()
    {
        await using var orthanc = await OrthancServer.StartAsync(_folder.Path);
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 60, series: 3, bytes: 20_000);
        using var handler = new StowSaveHandler(Options(orthanc));
        await using var cod = new CodDownload(site.Store.Options());
        cod.InitBucket(TestStore.Url);
        var (job, some) = (cod.CreateJob([study.StudyInstanceUid], handler), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        job.Saved += (_, _) => some.TrySetResult();
        var running = job.RunAsync();
        await some.Task;

        await orthanc.KillAsync();
        await orthanc.StartAsync();

        var result = await running;
        Assert.Equal([], result.Failures.Select(failure => failure.Exception.Message));
        Assert.Equal((JobOutcome.Complete, 180), (result.Outcome, result.InstancesSaved));
        Assert.Equal(Expected(study), await orthanc.FilesAsync());
    }

    [OrthancFact(needsMount: true)]
    public async Task One_whose_disk_is_full_is_not_reported_as_having_what_it_has_not()
    {
        var disk = Directory.CreateDirectory(Path.Combine(_folder.Path, "disk")).FullName;
        Assert.Equal(0, await RunAsync("mount", "-t", "tmpfs", "-o", "size=2m", "none", disk));
        try
        {
            await using var orthanc = await OrthancServer.StartAsync(_folder.Path, storage: disk);
            await using var site = await Delivering.StartAsync();
            var study = site.Put(instances: 12, series: 2, bytes: 150_000);
            var saved = new HashSet<string>(StringComparer.Ordinal);
            using var handler = new StowSaveHandler(Options(orthanc));
            await using var cod = new CodDownload(site.Store.Options());
            cod.InitBucket(TestStore.Url);
            var job = cod.CreateJob([study.StudyInstanceUid], handler);
            job.Saved += (_, one) => saved.Add(one.Result.Instance.SopInstanceUid);

            var result = await job.RunAsync();

            var files = await orthanc.FilesAsync();
            Assert.InRange(result.InstancesFailed, 1, 23);
            Assert.Equal(files.Keys, saved.Order(StringComparer.Ordinal));
            Assert.All(result.Failures, failure => Assert.IsType<DeliveryException>(failure.Exception));
        }
        finally
        {
            await RunAsync("umount", disk);
        }
    }

    private static StowSaveHandlerOptions Options(OrthancServer orthanc)
    {
        var options = Delivering.OptionsFor(orthanc.ServiceUrl);
        options.MaxRetryDelay = TimeSpan.FromMilliseconds(200);
        options.MaxOutage = TimeSpan.FromMinutes(2);
        return options;
    }

    private static async Task<(JobResult Result, DeliveryCounts Counts)> SendAsync(Delivering site, OrthancServer orthanc, SyntheticStudy study, Action<StowSaveHandlerOptions>? change = null)
    {
        var options = Options(orthanc);
        change?.Invoke(options);
        using var handler = new StowSaveHandler(options);
        await using var cod = new CodDownload(site.Store.Options());
        cod.InitBucket(TestStore.Url);
        var result = await cod.CreateJob([study.StudyInstanceUid], handler).RunAsync();
        return (result, handler.Counts);
    }

    private static SortedDictionary<string, string> Expected(SyntheticStudy study) =>
        new(study.Series.SelectMany(series => series.Instances).ToDictionary(one => one.SopInstanceUid, one => one.Sha256, StringComparer.Ordinal), StringComparer.Ordinal);

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
