<Query Kind="Program">
  <NuGetReference>CodRetrieve</NuGetReference>
  <Namespace>CodRetrieve</Namespace>
  <Namespace>CodRetrieve.Saving</Namespace>
  <Namespace>System.Collections.Concurrent</Namespace>
  <Namespace>System.Security.Cryptography</Namespace>
  <Namespace>System.Threading.Tasks</Namespace>
</Query>

// Instances go through your own code instead of to files: here each is hashed and thrown away.
async Task Main()
{
    var bucket = "https://storage.googleapis.com/my-bucket/my-prefix?token=my-token";
    string[] studies = ["1.2.3.4"];

    await using var cod = new CodDownload();
    cod.InitBucket(bucket);

    var handler = new HashingHandler();
    var result = await (await cod.DownloadAsync(studies, handler)).RunAsync();
    handler.Hashes.Dump("SHA-256 by SOP Instance UID");
    result.Dump("Result");
}

sealed class HashingHandler : ISaveHandler
{
    public ConcurrentDictionary<string, string> Hashes { get; } = new();

    // Nothing is saved yet: everything is fetched.
    public ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken) =>
        ValueTask.FromResult(SavedInstances.None);

    // Called for several instances at the same time. The content ends only after its checksum matched; before that, reading throws.
    public async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexString(await SHA256.HashDataAsync(content, cancellationToken));
        Hashes[instance.SopInstanceUid] = hash;
        return hash;
    }

    public ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
