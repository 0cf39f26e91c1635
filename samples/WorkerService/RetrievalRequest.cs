using System.Text.Json;

namespace WorkerService;

/// <summary>A request file. Give the service a credential rather than a token in <paramref name="Bucket"/>: the file stays on the disk.</summary>
internal sealed record RetrievalRequest(string Bucket, IReadOnlyList<string> Studies, bool Zip = false)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    public static async Task<RetrievalRequest> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return await JsonSerializer.DeserializeAsync<RetrievalRequest>(file, Format, cancellationToken)
            ?? throw new JsonException("The file holds no request.");
    }
}
