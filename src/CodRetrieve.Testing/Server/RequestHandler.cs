using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace CodRetrieve.Testing;

/// <summary>Turns a request into the response that a faultless GCS would give.</summary>
internal sealed class RequestHandler(Func<string, TestBucket?> findBucket, Func<string?, bool> accepts, int maxResultsPerPage)
{
    public async Task<ResponsePlan> PlanAsync(GcsRequest request, RecordedRequest record, CancellationToken cancellationToken)
    {
        var plan = new ResponsePlan();
        try
        {
            await FillAsync(plan, request, record, cancellationToken).ConfigureAwait(false);
        }
        catch (GcsErrorException error)
        {
            plan.SetError(error.Status, error.Reason, error.Message);
            if (error.Status == StatusCodes.Status416RangeNotSatisfiable)
            {
                plan.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{plan.Item!.SizeBytes}");
            }
        }

        return plan;
    }

    public static void SetUnauthorized(ResponsePlan plan, bool hasToken)
    {
        plan.SetError(
            StatusCodes.Status401Unauthorized,
            hasToken ? "authError" : "required",
            hasToken ? "Invalid Credentials" : "Anonymous caller does not have storage.objects.get access.");
        plan.Headers.WWWAuthenticate = "Bearer realm=\"https://accounts.google.com/\"";
    }

    private async Task FillAsync(ResponsePlan plan, GcsRequest request, RecordedRequest record, CancellationToken cancellationToken)
    {
        if (request.Kind == RequestKind.Other)
        {
            throw new GcsErrorException(404, "notFound", "Not Found");
        }

        if (!accepts(record.BearerToken))
        {
            SetUnauthorized(plan, record.BearerToken is not null);
            return;
        }

        var bucket = findBucket(request.Bucket) ?? throw GcsErrorException.NoSuchBucket();
        plan.Bucket = bucket;
        if (bucket.RequesterPays && string.IsNullOrEmpty(request.Query("userProject")))
        {
            throw new GcsErrorException(400, "required", "Bucket is a requester pays bucket but no user project provided.");
        }

        if (request.Kind == RequestKind.List)
        {
            var page = PageOf(bucket, request);
            var list = await GcsJson.ListAsync(bucket, page, Fields(request), cancellationToken).ConfigureAwait(false);
            plan.SetJson(StatusCodes.Status200OK, list);
            return;
        }

        var item = Find(bucket, request);
        plan.Item = item;
        if (request.Kind == RequestKind.ObjectMetadata)
        {
            var resource = await GcsJson.ObjectAsync(bucket, item, Fields(request), cancellationToken).ConfigureAwait(false);
            plan.SetJson(StatusCodes.Status200OK, resource);
            return;
        }

        await FillMediaAsync(plan, request, item, cancellationToken).ConfigureAwait(false);
    }

    private static async Task FillMediaAsync(ResponsePlan plan, GcsRequest request, TestObject item, CancellationToken cancellationToken)
    {
        var isPacked = item.ContentEncoding == "gzip";
        var unpack = isPacked && !AcceptsGzip(request.Http.Headers.AcceptEncoding);
        plan.SetContent(item.Content);
        plan.Unpack = plan.Chunked = unpack;
        if (!unpack && ByteRange.TryParse(request.Http.Headers.Range, item.SizeBytes, out var range))
        {
            if (range is not var (offset, count))
            {
                throw new GcsErrorException(416, "requestedRangeNotSatisfiable", "Request range not satisfiable");
            }

            plan.Status = StatusCodes.Status206PartialContent;
            plan.IsRange = true;
            plan.Offset = offset;
            plan.Count = count;
            plan.Headers.ContentRange = ContentRangeOf(offset, count, item.SizeBytes);
        }

        var headers = plan.Headers;
        headers.ContentType = item.ContentType;
        headers.ETag = item.ETag;
        headers["x-goog-generation"] = item.Generation.ToString(CultureInfo.InvariantCulture);
        headers["x-goog-metageneration"] = "1";
        headers["x-goog-storage-class"] = "STANDARD";
        headers["x-goog-stored-content-encoding"] = item.ContentEncoding ?? "identity";
        headers["x-goog-stored-content-length"] = item.SizeBytes.ToString(CultureInfo.InvariantCulture);
        if (isPacked)
        {
            headers.Vary = "Accept-Encoding";
        }

        if (item.ContentEncoding is not null && !unpack)
        {
            headers.ContentEncoding = item.ContentEncoding;
        }

        var checksums = await item.GetChecksumsAsync(cancellationToken).ConfigureAwait(false);
        if (checksums.Crc32c is not null)
        {
            headers.Append("x-goog-hash", "crc32c=" + checksums.Crc32c);
        }

        if (checksums.Md5Hash is not null)
        {
            headers.Append("x-goog-hash", "md5=" + checksums.Md5Hash);
        }
    }

    public static string ContentRangeOf(long offset, long count, long size) =>
        string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{offset + count - 1}/{size}");

    private ObjectPage PageOf(TestBucket bucket, GcsRequest request)
    {
        var limit = maxResultsPerPage;
        if (request.Query("maxResults") is { } text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var asked) || asked == 0)
            {
                throw GcsErrorException.Invalid("maxResults", text);
            }

            limit = Math.Min(limit, asked);
        }

        string? after = null;
        if (request.Query("pageToken") is { Length: > 0 } token && !ObjectPage.TryReadToken(token, out after))
        {
            throw GcsErrorException.Invalid("pageToken", token);
        }

        return ObjectPage.Of(
            bucket.Sorted(),
            prefix: request.Query("prefix") ?? "",
            delimiter: request.Query("delimiter") ?? "",
            startOffset: request.Query("startOffset") ?? "",
            after,
            limit);
    }

    private static TestObject Find(TestBucket bucket, GcsRequest request)
    {
        var item = bucket.Find(request.ObjectName!);
        if (item is null || (Number(request, "generation") is { } generation && generation != item.Generation))
        {
            throw GcsErrorException.NoSuchObject(bucket.Name, request.ObjectName!);
        }

        if (Number(request, "ifGenerationMatch") is { } expected && expected != item.Generation)
        {
            throw new GcsErrorException(412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.");
        }

        return item;
    }

    private static FieldMask Fields(GcsRequest request)
    {
        var text = request.Query("fields");
        return FieldMask.TryParse(text, out var mask) ? mask : throw GcsErrorException.Invalid("fields", text!);
    }

    private static long? Number(GcsRequest request, string name)
    {
        if (request.Query(name) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw GcsErrorException.Invalid(name, text);
    }

    private static bool AcceptsGzip(StringValues header) =>
        header.ToString().Split(',').Select(item => item.Split(';', StringSplitOptions.TrimEntries)).Any(item =>
            (item[0].Equals("gzip", StringComparison.OrdinalIgnoreCase) || item[0] == "*")
            && !(item.Length > 1 && item[1].TrimEnd('0') is "q=" or "q=0."));
}
