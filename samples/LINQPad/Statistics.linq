<Query Kind="Statements">
  <NuGetReference>CodRetrieve</NuGetReference>
  <Namespace>CodRetrieve</Namespace>
  <Namespace>System.Threading.Tasks</Namespace>
</Query>

// What some studies hold, and what of it is saved already. Fetches listings and indexes, no image.
var bucket = "https://storage.googleapis.com/my-bucket/my-prefix?token=my-token";
var directory = Path.Combine(Path.GetTempPath(), "studies");
string[] studies = ["1.2.3.4"];

await using var cod = new CodDownload();
cod.InitDirectory(directory);
cod.InitBucket(bucket);

var stats = await cod.GetStatsAsync(studies);
new { stats.SeriesTotal, stats.SeriesSaved, stats.InstancesTotal, stats.BytesTotal, stats.BytesSaved, stats.MissingStudies }.Dump("Studies");
stats.Series.Select(series => new { series.SeriesInstanceUid, series.InstancesTotal, series.InstancesSaved, series.BytesTotal, series.Problem }).Dump("Series");
stats.InstanceUrisToFetch.Take(20).Dump("To fetch, the first 20");
