// Delivers a study from a Cloud Optimized DICOM store to a PACS with DICOMweb, without files in between. Store and PACS are small servers
// inside this program; the PACS has the faults of real ones. Nothing has to be set up: run it with
//     dotnet run --project samples/ForwardToPacs [folder for receipts]
using CodRetrieve;
using CodRetrieve.DicomWeb;
using CodRetrieve.Testing;

var receipts = args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), $"codretrieve-receipts-{DateTime.Now:yyyyMMdd-HHmmss}");

// 1. A store and a PACS. With real ones all of this step, and Endpoint below, is not needed.
await using var server = await GcsTestServer.StartAsync();
await using var receiver = await DicomWebReceiver.StartAsync();
var study = new SyntheticStudy(seed: 1);
study.AddSeries(new SyntheticSeriesOptions { Modality = "CT", Description = "Head", InstanceCount = 60, InstanceSizeBytes = 525_000 });
study.PutInto(server.CreateBucket("hospital"), "demo/dicomweb");

// The first requests go wrong: one is refused, one gets success and nothing is stored, one is stored and its response is lost.
receiver.Fail(ReceiverFault.Status(503, retryAfterSeconds: 1));
receiver.Fail(ReceiverFault.StoreNothing());
receiver.Fail(ReceiverFault.Reset(isStored: true));

// 2. Where to read, and where to send to. Credentials, a proxy and certificates are options of both.
await using var cod = new CodDownload(new CodDownloadOptions { Endpoint = server.Endpoint });
cod.InitBucket("gs://hospital/demo/dicomweb");

// 3. Send what the PACS has not acknowledged: the second time, nothing.
await SendAsync();
await SendAsync();
Console.WriteLine($"The PACS has {receiver.Instances.Count} instances. The receipts are in {Path.GetFullPath(receipts)}");

async Task SendAsync()
{
    using var pacs = new StowSaveHandler(new StowSaveHandlerOptions(receiver.ServiceUrl)
    {
        ReceiptDirectory = receipts,
        Verification = DeliveryVerification.Bytes,
    });
    var job = cod.CreateJob([study.StudyInstanceUid], pacs);
    job.Error += (_, e) => Console.WriteLine($"  Failed: {e.Failure}");
    var result = await job.RunAsync();
    Console.WriteLine($"{result.Outcome}: {result.InstancesSaved} instances delivered, {result.InstancesSkipped} skipped (delivered before). {pacs.Counts}");
}
