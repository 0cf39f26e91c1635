using System.IO.Compression;
using System.Text.Json;

namespace CodRetrieve.Testing.Tests;

public sealed class SyntheticStudyTests
{
    [Fact(Timeout = 30_000)]
    public async Task Puts_the_objects_that_the_writer_would()
    {
        await using var test = await TestServer.StartAsync();
        var study = new SyntheticStudy("1.2.3", seed: 7);
        study.AddSeries(new() { SeriesInstanceUid = "1.2.3.1" });
        study.AddSeries(new() { SeriesInstanceUid = "1.2.3.2", OmitTar = true, Lock = true });
        study.AddSeries(new() { SeriesInstanceUid = "1.2.3.3", OmitMetadata = true, ErrorLog = true, IncludeIndex = false });
        study.PutInto(test.Bucket, "demo/dicomweb");
        Assert.Equal(
            [
                "1.2.3.1.tar", "1.2.3.1/index.sqlite", "1.2.3.1/metadata.json", "1.2.3.2/.gradient.lock", "1.2.3.2/index.sqlite",
                "1.2.3.2/metadata.json", "1.2.3.3.tar", "1.2.3.3/error.log",
            ],
            test.Bucket.Names.Select(name => name["demo/dicomweb/studies/1.2.3/series/".Length..]).ToArray());
        Assert.Equal("gzip", test.Bucket.Get("demo/dicomweb/studies/1.2.3/series/1.2.3.1/metadata.json").ContentEncoding);
        Assert.Equal(ObjectHashes.Crc32cAndMd5, test.Bucket.Get(study.Series[0].TarName("demo/dicomweb")).Hashes);
    }

    [Fact(Timeout = 30_000)]
    public async Task Gives_a_client_without_gzip_the_plain_metadata()
    {
        await using var test = await TestServer.StartAsync();
        var study = new SyntheticStudy(seed: 7);
        var series = study.AddSeries();
        study.PutInto(test.Bucket);
        var plain = new MemoryStream();
        series.WriteMetadata(plain, TestServer.BucketName, "demo/dicomweb");
        Assert.Equal(plain.ToArray(), await test.Client.GetByteArrayAsync(TestServer.MediaPath(series.MetadataName("demo/dicomweb"))));
    }

    [Fact(Timeout = 30_000)]
    public async Task Writes_the_same_objects_as_files()
    {
        using var directory = new TempFolder();
        await using var test = await TestServer.StartAsync();
        var study = new SyntheticStudy(seed: 7);
        var series = study.AddSeries(new() { InstanceCount = 3 });
        study.PutInto(test.Bucket);
        await study.WriteToDirectoryAsync(directory.Path, bucketName: TestServer.BucketName);
        var files = test.Server.CreateBucket("files");
        files.PutDirectory(directory.Path);
        Assert.Equal(test.Bucket.Names, files.Names);
        foreach (var name in files.Names)
        {
            Assert.Equal(await test.Bucket.Get(name).Content.ReadAllAsync(), await files.Get(name).Content.ReadAllAsync());
            Assert.Equal(test.Bucket.Get(name).ContentEncoding, files.Get(name).ContentEncoding);
            Assert.Equal(test.Bucket.Get(name).ContentType, files.Get(name).ContentType);
        }

        await using var gzip = new GZipStream(files.Get(series.MetadataName("demo/dicomweb")).Content.OpenRead(), CompressionMode.Decompress);
        using var json = await JsonDocument.ParseAsync(gzip);
        Assert.Equal(study.StudyInstanceUid, json.RootElement.GetProperty("study_uid").GetString());
    }
}
