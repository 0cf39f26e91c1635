using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

public sealed class StorageClassTests : StoreTests
{
    private SyntheticStudy Put(params string[] classes)
    {
        var study = new SyntheticStudy(seed: 41);
        foreach (var _ in classes)
        {
            study.AddSeries(new SyntheticSeriesOptions { InstanceCount = 3 });
        }

        Store.Put(study);
        for (var i = 0; i < classes.Length; i++)
        {
            Move(study.Series[i], classes[i]);
        }

        return study;
    }

    private void Move(SyntheticSeries series, string storageClass) =>
        Store.Bucket.Put(series.TarName(TestStore.Prefix), series.Tar, new TestObjectOptions { StorageClass = storageClass, Hashes = ObjectHashes.Crc32cAndMd5 });

    [Fact(Timeout = 30_000)]
    public async Task Statistics_have_the_class_of_each_tar_and_the_bytes_to_fetch_by_class()
    {
        var study = Put("STANDARD", "ARCHIVE", "ARCHIVE");
        await using var cod = Store.Open(Folder.Output);

        var stats = await cod.GetStatsAsync([study.StudyInstanceUid]);

        Assert.Equal(["ARCHIVE", "ARCHIVE", "STANDARD"], stats.Series.Select(series => series.TarStorageClass!).Order(StringComparer.Ordinal));
        Assert.Equal(["ARCHIVE", "STANDARD"], stats.BytesToFetchByStorageClass.Keys);
        Assert.Equal(study.Series.Skip(1).Sum(series => series.Instances.Sum(one => one.SizeBytes)), stats.BytesToFetchByStorageClass["ARCHIVE"]);
        Assert.Equal(stats.BytesTotal, stats.BytesToFetchByStorageClass.Values.Sum());
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_saved_is_not_among_the_bytes_to_fetch()
    {
        var study = Put("COLDLINE");
        await using var cod = Store.Open(Folder.Output);
        await cod.CreateJob([study.StudyInstanceUid]).RunAsync();

        Assert.Empty((await cod.GetStatsAsync([study.StudyInstanceUid])).BytesToFetchByStorageClass);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_series_in_a_colder_class_is_not_fetched_and_all_others_are()
    {
        var study = Put("STANDARD", "NEARLINE", "ARCHIVE");
        await using var cod = Store.Open(Folder.Output, options => options.MaxStorageClass = StorageClass.Nearline);

        var stats = await cod.GetStatsAsync([study.StudyInstanceUid]);
        var result = await cod.CreateJob([study.StudyInstanceUid]).RunAsync();

        var cold = study.Series[2];
        var problem = Assert.Single(stats.UnretrievableSeries);
        Assert.Equal((cold.SeriesInstanceUid, SeriesProblem.StorageClass), (problem.SeriesInstanceUid, problem.Problem));
        Assert.DoesNotContain("ARCHIVE", stats.BytesToFetchByStorageClass.Keys);
        Assert.Equal((JobOutcome.Incomplete, 6, 3), (result.Outcome, result.InstancesSaved, result.InstancesFailed));
        var failure = Assert.Single(result.Failures);
        Assert.Equal(
            $"gs://{TestStore.BucketName}/{cold.TarName(TestStore.Prefix)}: the tar is in the storage class ARCHIVE, whose retrieval costs a fee, and at most NEARLINE is allowed. "
            + "Allow the class (MaxStorageClass, --max-storage-class), or rewrite the object to a warmer one.",
            failure.ToString());
        Assert.DoesNotContain(Store.Server.Requests, request => request.ObjectName == cold.TarName(TestStore.Prefix));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_saved_already_may_be_in_any_class()
    {
        var study = Put("STANDARD", "STANDARD");
        await using (var cod = Store.Open(Folder.Output))
        {
            await cod.CreateJob([study.StudyInstanceUid]).RunAsync();
        }

        // A move to another class writes the same bytes as another generation.
        Move(study.Series[0], "COLDLINE");
        await using var limited = Store.Open(Folder.Output, options => options.MaxStorageClass = StorageClass.Standard);
        var result = await limited.CreateJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal((JobOutcome.Complete, 6, 0), (result.Outcome, result.InstancesSkipped, result.InstancesFailed));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("STANDARD", StorageClass.Standard, true)]
    [InlineData("REGIONAL", StorageClass.Standard, true)]
    [InlineData("MULTI_REGIONAL", StorageClass.Standard, true)]
    [InlineData("DURABLE_REDUCED_AVAILABILITY", StorageClass.Standard, true)]
    [InlineData("A_CLASS_OF_TOMORROW", StorageClass.Standard, true)]
    [InlineData("NEARLINE", StorageClass.Standard, false)]
    [InlineData("NEARLINE", StorageClass.Nearline, true)]
    [InlineData("COLDLINE", StorageClass.Nearline, false)]
    [InlineData("COLDLINE", StorageClass.Coldline, true)]
    [InlineData("ARCHIVE", StorageClass.Coldline, false)]
    [InlineData("ARCHIVE", StorageClass.Archive, true)]
    [InlineData("ARCHIVE", null, true)]
    public async Task Classes_are_ordered_by_their_retrieval_fee(string name, StorageClass? most, bool isFetched)
    {
        var study = Put(name);
        await using var cod = Store.Open(Folder.Output, options => options.MaxStorageClass = most);

        var result = await cod.CreateJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal(isFetched ? 3 : 0, result.InstancesSaved);
        Assert.Equal(isFetched ? JobOutcome.Complete : JobOutcome.Incomplete, result.Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_store_without_classes_is_not_limited()
    {
        var study = new SyntheticStudy(seed: 42);
        study.AddSeries();
        await study.WriteToDirectoryAsync(Folder.Path + "/store", "dicomweb");
        await using var cod = new CodDownload(new CodDownloadOptions { MaxStorageClass = StorageClass.Standard });
        cod.InitDirectory(Folder.Output);
        cod.InitBucket(Folder.Path + "/store");

        var stats = await cod.GetStatsAsync([study.StudyInstanceUid]);
        var result = await cod.CreateJob([study.StudyInstanceUid]).RunAsync();

        Assert.Null(Assert.Single(stats.Series).TarStorageClass);
        Assert.Empty(stats.BytesToFetchByStorageClass);
        Assert.Equal(JobOutcome.Complete, result.Outcome);
    }

    [Fact]
    public void A_class_that_does_not_exist_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CodDownload(new CodDownloadOptions { MaxStorageClass = (StorageClass)9 }));
}
