using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Reliability.Matrix;

/// <summary>Runs one cell: a whole job with one fault.</summary>
internal static class MatrixRun
{
    /// <returns>The outcome, and what was fetched twice in whole listings, indexes and instances, rounded up.</returns>
    public static async Task<string> RunAsync(MatrixFault fault, MatrixPlace place, bool zip, bool forEver)
    {
        await using var store = await MatrixStore.StartAsync();
        var faultless = await RunAsync(store, zip);
        Assert.Equal("complete", faultless.Outcome);
        store.Server.ClearRequests();
        if (fault.Name.StartsWith("stall", StringComparison.Ordinal))
        {
            // A busy machine must not add a stall of its own where one is counted.
            store.Options.IdleTimeout = TimeSpan.FromSeconds(forEver ? 0.5 : 2);
        }

        if (fault.Before(place) is { } before)
        {
            Strike(store, before, place, times: 1);
        }

        Strike(store, ((forEver ? fault.ForEver : null) ?? fault.Once)(place, store), place, forEver ? null : 1);
        var faulty = await RunAsync(store, zip);
        Assert.NotEqual(0, store.Server.Faults.HitCount);
        store.Scan.AssertNothingLeaked(MatrixStore.Token);
        return $"{faulty.Outcome}; {Twice(faultless, faulty)}";
    }

    private static void Strike(MatrixStore store, Fault fault, MatrixPlace place, int? times) => store.Server.Faults.Add(
        fault,
        place == MatrixPlace.Listing ? RequestKind.List : RequestKind.Media,
        place == MatrixPlace.Listing ? null : name => MatrixStore.IsTar(name) == (place == MatrixPlace.Segment),
        times);

    private static async Task<Measured> RunAsync(MatrixStore store, bool zip)
    {
        using var folder = new TempFolder();
        await using var cod = new CodDownload(store.Options);
        var bucket = store.OpenBucket();
        cod.InitDirectory(folder.Path);
        cod.InitBucket(bucket, TestStore.Prefix);
        var job = store.Scan.Watch(cod.CreateWatchedJob([store.Study.StudyInstanceUid], zip ? OutputFormat.Zip : OutputFormat.Folder));
        string outcome;
        try
        {
            var result = await job.RunAsync();
            store.Scan.Add(result);
            outcome = Describe(result);
        }
        catch (JobFailedException e)
        {
            store.Scan.Add(e);
            outcome = $"job stopped: {Cause(e.InnerException!)}";
        }

        var expected = store.Study.Expected();
        var found = SavedFiles.In(folder.Path, zip && outcome == "complete");
        Assert.All(found, pair => Assert.Equal(expected[pair.Key], pair.Value));
        Assert.Equal(outcome == "complete", found.Count == expected.Count);
        var listed = store.Server.Requests.Where(request => request is { Kind: RequestKind.List, StatusCode: 200 }).Sum(request => request.BytesSent);
        return new(outcome, listed, Read(bucket, isTar: false), Read(bucket, isTar: true));
    }

    private static long Read(CountingStore bucket, bool isTar) =>
        bucket.BytesRead.Where(pair => MatrixStore.IsTar(pair.Key) == isTar).Sum(pair => pair.Value);

    private static string Describe(JobResult result) => result.Outcome == JobOutcome.Complete
        ? "complete"
        : string.Join(", ", result.Failures.GroupBy(failure => (Level(failure), Cause(failure.Exception))).Select(group =>
            $"{(group.Key.Item1 == "instance" ? group.Count() + " of 12 instances" : group.Key.Item1)}: {group.Key.Item2}"));

    private static string Level(RetrievalFailure failure) =>
        failure.SopInstanceUid is not null ? "instance" : failure.SeriesInstanceUid is not null ? "series" : "study";

    private static string Cause(Exception exception) => exception switch
    {
        ObjectStoreException e => e.Reason.ToString(),
        InstanceIntegrityException => "CRC32C",
        CodFormatException { InnerException: InvalidDataException } => "index damaged",
        CodFormatException e when e.Message.Contains("no tar", StringComparison.Ordinal) => "no tar",
        _ => exception.GetType().Name,
    };

    private static string Twice(Measured faultless, Measured faulty)
    {
        var parts = new[]
        {
            Count(faulty.Listed - faultless.Listed, faultless.Listed, "listing", "listings"),
            Count(faulty.Index - faultless.Index, faultless.Index, "index", "indexes"),
            Count(faulty.Tar - faultless.Tar, MatrixStore.InstanceBytes, "instance", "instances"),
        };
        var twice = string.Join(", ", parts.Where(part => part.Length > 0));
        return twice.Length == 0 ? "nothing" : twice;
    }

    private static string Count(long bytes, long unit, string one, string several)
    {
        var count = Math.Max(0, (bytes + unit - 1) / unit);
        return count == 0 ? "" : $"≤ {count} {(count == 1 ? one : several)}";
    }

    private sealed record Measured(string Outcome, long Listed, long Index, long Tar);
}
