using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CodRetrieve.Testing;

/// <summary>A request taken apart.</summary>
internal sealed record GcsRequest(RequestKind Kind, string Bucket, string? ObjectName, HttpRequest Http)
{
    private const string BucketPath = "/storage/v1/b/";
    private const string DownloadPath = "/download";

    public string? Query(string name) => Http.Query.TryGetValue(name, out var values) ? values.ToString() : null;

    public static GcsRequest Parse(HttpContext context)
    {
        // The decoded path cannot tell the "/" between segments from the "%2F" inside an object's name; only the raw target can.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?', 2)[0];
        var isDownload = path.StartsWith(DownloadPath + BucketPath, StringComparison.Ordinal);
        path = isDownload ? path[DownloadPath.Length..] : path;
        if (HttpMethods.IsGet(context.Request.Method) && path.StartsWith(BucketPath, StringComparison.Ordinal))
        {
            var segments = path[BucketPath.Length..].Split('/');
            var bucket = Uri.UnescapeDataString(segments[0]);
            if (segments is [_, "o"] && !isDownload)
            {
                return new(RequestKind.List, bucket, null, context.Request);
            }

            if (segments is [_, "o", { Length: > 0 } name])
            {
                var isMedia = context.Request.Query["alt"] == "media";
                return new(isMedia ? RequestKind.Media : RequestKind.ObjectMetadata, bucket, Uri.UnescapeDataString(name), context.Request);
            }
        }

        return new(RequestKind.Other, "", null, context.Request);
    }

    public RecordedRequest Record(DateTimeOffset receivedAt)
    {
        var authorization = Http.Headers.Authorization.ToString();
        return new RecordedRequest
        {
            Kind = Kind,
            Bucket = Bucket,
            ObjectName = ObjectName,
            Prefix = Kind == RequestKind.List ? Query("prefix") : null,
            PageToken = Kind == RequestKind.List ? Query("pageToken") : null,
            Range = Http.Headers.Range is { Count: > 0 } range ? range.ToString() : null,
            Generation = long.TryParse(Query("generation"), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null,
            BearerToken = authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization[7..].Trim() : null,
            Target = Http.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            ReceivedAt = receivedAt,
        };
    }
}
