// Retrieves two studies from a Cloud Optimized DICOM store, once as folders and once as zips. The store is a small server inside this
// program, filled with synthetic images, so that nothing has to be set up: run it with
//     dotnet run --project samples/QuickStart [folder to save into]
using CodRetrieve;
using CodRetrieve.Testing;

var directory = args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), $"codretrieve-quickstart-{DateTime.Now:yyyyMMdd-HHmmss}");

// 1. A store. Slowed down, or there would be no progress to see. With a real bucket all of this step, and Endpoint below, is not needed.
await using var server = await GcsTestServer.StartAsync(new GcsTestServerOptions { BytesPerSecondPerConnection = 4_000_000 });
var studies = FillBucket(server.CreateBucket("quickstart"));

// 2. Where to read and where to save. A real bucket looks like this: https://storage.googleapis.com/bucket/prefix?token=...
await using var cod = new CodDownload(new CodDownloadOptions { Endpoint = server.Endpoint, MaxConnections = 4 });
cod.InitBucket("gs://quickstart/demo/dicomweb");
cod.InitDirectory(directory);

// 3. Save what is missing, as folders and then as zips. Run the program again with the same folder: nothing is fetched a second time.
await DownloadAsync(OutputFormat.Folder);
await DownloadAsync(OutputFormat.Zip);
Console.WriteLine($"The files are in {Path.GetFullPath(directory)}");

async Task DownloadAsync(OutputFormat format)
{
    // Reads the metadata and computes statistics; no image is fetched yet.
    var job = await cod.DownloadAsync(studies, format);
    Console.WriteLine($"As {format}:");
    foreach (var series in job.Stats!.Series)
    {
        Console.WriteLine($"  {series.SeriesInstanceUid}: {series.InstancesSaved} of {series.InstancesTotal} instances saved, {Megabytes(series.BytesTotal)}");
    }

    // Events come one at a time: no lock is needed.
    var missing = job.Stats.BytesTotal - job.Stats.BytesSaved;
    var received = 0L;
    job.Progress += (_, e) => ShowProgress(received += e.Bytes, missing);
    job.Extracted += (_, e) => ShowLine($"  {e.Series.SeriesInstanceUid}: {e.InstanceCount} instances extracted and verified");
    job.Error += (_, e) => ShowLine($"  Failed: {e.Failure}");

    var result = await job.RunAsync();
    ShowLine($"  {result.Outcome}: {result.InstancesSaved} instances saved, {result.InstancesSkipped} skipped (already saved), "
        + $"{Megabytes(result.BytesDownloaded)} fetched in {result.Elapsed.TotalSeconds:0.0} s");
}

static void ShowProgress(long received, long total)
{
    if (!Console.IsOutputRedirected)
    {
        var done = (int)(40 * received / total);
        Console.Write($"\r[{new string('#', done)}{new string('.', 40 - done)}] {Megabytes(received)} of {Megabytes(total)} ");
    }
}

static void ShowLine(string line)
{
    // Over the progress bar, if there is one.
    Console.WriteLine(Console.IsOutputRedirected ? line : $"\r{line,-78}");
}

static string Megabytes(long bytes) => $"{bytes / 1e6:0.0} MB";

static string[] FillBucket(TestBucket bucket)
{
    var head = new SyntheticStudy(seed: 1);
    head.AddSeries(new SyntheticSeriesOptions { Modality = "CT", Description = "Head", InstanceCount = 60, InstanceSizeBytes = 525_000 });
    head.AddSeries(new SyntheticSeriesOptions { Modality = "CT", Description = "Scout", InstanceCount = 2 });

    var knee = new SyntheticStudy(seed: 2);
    knee.AddSeries(new SyntheticSeriesOptions { Modality = "MR", SopClassUid = "1.2.840.10008.5.1.4.1.1.4", Description = "Knee", InstanceCount = 24 });

    head.PutInto(bucket, "demo/dicomweb");
    knee.PutInto(bucket, "demo/dicomweb");
    return [head.StudyInstanceUid, knee.StudyInstanceUid];
}
