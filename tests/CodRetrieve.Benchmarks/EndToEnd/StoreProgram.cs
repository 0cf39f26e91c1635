using CodRetrieve.Saving;
using CodRetrieve.Storage;
using Google.Cloud.Storage.V1;

namespace CodRetrieve.Benchmarks.EndToEnd;

/// <summary>Retrieves studies through one of the stores, verifies them and throws them away, so that nothing but the store differs.</summary>
internal static class StoreProgram
{
    public const string BuiltIn = "built-in";
    public const string Client = "client";

    public static async Task<int> RunAsync(string store, string endpoint, string studies)
    {
        using var client = store == Client ? new StorageClientBuilder { UnauthenticatedAccess = true, BaseUri = $"{endpoint}storage/v1/" }.Build() : null;
        await using var cod = new CodDownload(new CodDownloadOptions { Endpoint = new Uri(endpoint), Credential = CodCredential.Anonymous });
        if (client is null)
        {
            cod.InitBucket($"gs://{NginxServer.Bucket}/{DataSet.Prefix}");
        }
        else
        {
            cod.InitBucket(new StorageClientObjectStore(client, NginxServer.Bucket), DataSet.Prefix);
        }

        var result = await cod.CreateJob(await File.ReadAllLinesAsync(studies), new NoHandler()).RunAsync();
        return result.Outcome == JobOutcome.Complete ? 0 : 1;
    }

    private sealed class NoHandler : ISaveHandler
    {
        public ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken) => ValueTask.FromResult(SavedInstances.None);

        public async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
        {
            await content.CopyToAsync(Stream.Null, cancellationToken);
            return "nowhere";
        }

        public ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
