<Query Kind="Statements">
  <NuGetReference>CodRetrieve</NuGetReference>
  <Namespace>CodRetrieve</Namespace>
  <Namespace>System.Threading.Tasks</Namespace>
</Query>

// Saves what is missing of some studies. Run it again: nothing is fetched twice.
var bucket = "https://storage.googleapis.com/my-bucket/my-prefix?token=my-token";
var directory = Path.Combine(Path.GetTempPath(), "studies");
string[] studies = ["1.2.3.4"];

await using var cod = new CodDownload();
cod.InitDirectory(directory);
cod.InitBucket(bucket);

var job = await cod.DownloadAsync(studies);
job.Extracted += (_, e) => $"{e.Series.SeriesInstanceUid}: {e.InstanceCount} instances extracted".Dump();
job.Error += (_, e) => e.Failure.ToString().Dump("Failed");

var result = await job.RunAsync();
result.Dump("Result");
