using System.Reflection;
using CodRetrieve.Saving;
using Moq;

namespace CodRetrieve.Tests;

public sealed class CodModelFactoryTests
{
    [Fact]
    public void Every_event_can_be_created()
    {
        var events = typeof(JobEvent).Assembly.GetExportedTypes().Where(type => type.BaseType == typeof(JobEvent));

        Assert.All(events, type => Assert.Contains(Methods(), method => method.ReturnType == type));
        Assert.Equal(7, events.Count());
    }

    [Fact]
    public void Instances_refer_to_their_series()
    {
        var series = CodModelFactory.Series("1.2", "1.2.3", instances: [("1.2.3.4", 10, 7), ("1.2.3.5", null, null)]);

        Assert.All(series.Instances, instance => Assert.Same(series, instance.Series));
        Assert.Equal("gs://bucket/dicomweb/studies/1.2/series/1.2.3.tar://instances/1.2.3.4.dcm", series.Instances[0].Uri);
        Assert.Equal((10, 7u), (series.Instances[0].SizeBytes, series.Instances[0].Crc32c));
        Assert.True(CodModelFactory.InstanceResult(series.Instances[0], "/there").IsVerified);
        Assert.False(CodModelFactory.InstanceResult(series.Instances[1], "/there").IsVerified);
    }

    [Fact]
    public void Statistics_count_what_is_wanted()
    {
        var series = CodModelFactory.Series("1.2", "1.2.3", instances: [("1.2.3.4", 10, 7), ("1.2.3.5", 20, 8)]);

        var stats = CodModelFactory.DownloadStats([CodModelFactory.SeriesStats(series, [series.Instances[1]], modality: "CT")]);

        Assert.Equal((2, 1, 30, 10), (stats.InstancesTotal, stats.InstancesSaved, stats.BytesTotal, stats.BytesSaved));
        Assert.Equal([series.Instances[1].Uri], stats.InstanceUrisToFetch);
    }

    [Fact]
    public void A_result_sums_up_its_series()
    {
        var series = CodModelFactory.Series("1.2", "1.2.3", instances: [("1.2.3.4", 10, 7), ("1.2.3.5", 20, 8)]);
        var failure = CodModelFactory.Failure(series.Instances[1], new IOException("gone"));

        var result = CodModelFactory.JobResult(
            JobOutcome.Incomplete, [CodModelFactory.SeriesResult(series, SeriesOutcome.Incomplete, instancesSaved: 1, bytesSaved: 10, failures: [failure])]);

        Assert.Equal((1, 1, 10), (result.InstancesSaved, result.InstancesFailed, result.BytesSaved));
        Assert.Same(failure, Assert.Single(result.Failures));
        Assert.Same(result, CodModelFactory.JobCompleted(result).Result);
        Assert.Same(result, CodModelFactory.JobFailed(result, new IOException("gone")).Result);
        Assert.Equal(failure.Uri, CodModelFactory.JobError(failure).Uri);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_save_handler_of_the_users_can_be_tested_with_a_mock_of_what_it_calls()
    {
        var series = CodModelFactory.Series("1.2", "1.2.3", instances: [("1.2.3.4", 3, null)]);
        var inner = new Mock<ISaveHandler>();
        inner.Setup(handler => handler.FindSavedAsync(series, It.IsAny<CancellationToken>())).ReturnsAsync(new SavedInstances(["1.2.3.4"]));
        var counting = new Counting(inner.Object);

        var found = await counting.FindSavedAsync(series, CancellationToken.None);

        Assert.Equal(["1.2.3.4"], found.SopInstanceUids);
        Assert.Equal(1, counting.Found);
    }

    private static MethodInfo[] Methods() => typeof(CodModelFactory).GetMethods(BindingFlags.Public | BindingFlags.Static);

    private sealed class Counting(ISaveHandler inner) : DelegatingSaveHandler(inner)
    {
        public int Found { get; private set; }

        public override async ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken)
        {
            var found = await base.FindSavedAsync(series, cancellationToken);
            Found += found.SopInstanceUids.Count;
            return found;
        }
    }
}
