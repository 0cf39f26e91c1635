using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace CodRetrieve.Testing;

/// <summary>What a <see cref="DicomWebReceiver"/> does instead of storing all and saying it: what real receivers were seen to do.</summary>
public sealed class ReceiverFault
{
    private readonly string _name;
    private readonly Func<IReadOnlyList<StoredInstance>, (List<StoredInstance> Kept, List<(StoredInstance, int)> Refused)> _choose;
    private readonly Func<HttpContext, IReadOnlyList<StoredInstance>, IReadOnlyList<(StoredInstance Instance, int Reason)>, CancellationToken, Task> _respond;

    private ReceiverFault(
        string name,
        Func<IReadOnlyList<StoredInstance>, (List<StoredInstance> Kept, List<(StoredInstance, int)> Refused)> choose,
        Func<HttpContext, IReadOnlyList<StoredInstance>, IReadOnlyList<(StoredInstance Instance, int Reason)>, CancellationToken, Task> respond) =>
        (_name, _choose, _respond) = (name, choose, respond);

    internal bool IsBeforeBody { get; private init; }

    /// <summary>Whether nothing of a request of so many bytes is stored; null for a request without a length.</summary>
    internal bool StoresNothingOf(long? length) => length is null ? RequiresLength : length > MaxBytes;

    private bool RequiresLength { get; init; }

    private long? MaxBytes { get; init; }

    private int? BytesPerSecond { get; init; }

    /// <summary>A status without a body; the request's body is not read, and nothing is stored.</summary>
    /// <param name="status">The status.</param>
    /// <param name="retryAfterSeconds">The Retry-After header; null for none.</param>
    /// <returns>The fault.</returns>
    public static ReceiverFault Status(int status, int? retryAfterSeconds = null) => new($"status {status}", StoreNone, (context, _, _, _) =>
    {
        context.Response.StatusCode = status;
        if (retryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return Task.CompletedTask;
    })
    {
        IsBeforeBody = true,
    };

    /// <summary>A status without a body that asks to wait until a date by the receiver's own clock; the request's body is not read, and nothing is stored.</summary>
    /// <param name="status">The status.</param>
    /// <param name="wait">How long to wait; whole seconds.</param>
    /// <param name="clockOffset">How far the receiver's clock is ahead of this machine's.</param>
    /// <returns>The fault.</returns>
    public static ReceiverFault StatusUntilDate(int status, TimeSpan wait, TimeSpan clockOffset) => new($"status {status} until a date", StoreNone, (context, _, _, _) =>
    {
        var now = DateTimeOffset.UtcNow + clockOffset;
        context.Response.StatusCode = status;
        context.Response.Headers.Date = now.ToString("R", CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = (now + wait).ToString("R", CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    })
    {
        IsBeforeBody = true,
    };

    /// <summary>Status 411 for requests without a Content-Length, of which nothing is stored; others are stored.</summary>
    /// <returns>The fault.</returns>
    public static ReceiverFault RefuseChunked() => new(
        "refuse chunked", StoreAll, (context, kept, refused, ct) => context.Request.ContentLength is null ? RespondAsync(context, 411, [], ct) : RespondAsync(context, 200, StoreResponses.Json(kept, refused), ct))
    {
        RequiresLength = true,
    };

    /// <summary>The request is read slowly, and all of it is stored as usual.</summary>
    /// <param name="bytesPerSecond">How many bytes in a second; more than zero.</param>
    /// <returns>The fault.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytesPerSecond"/> is not more than zero.</exception>
    public static ReceiverFault ReadSlowly(int bytesPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesPerSecond, 1);
        return new("read slowly", StoreAll, (context, kept, refused, ct) => RespondAsync(context, 200, StoreResponses.Json(kept, refused), ct)) { BytesPerSecond = bytesPerSecond };
    }

    /// <summary>Status 413 for requests with more than so many instances; others are stored.</summary>
    /// <param name="maxInstances">The most instances.</param>
    /// <returns>The fault.</returns>
    public static ReceiverFault TooLargeAbove(int maxInstances) => new(
        $"413 above {maxInstances}",
        all => all.Count > maxInstances ? StoreNone(all) : StoreAll(all),
        (context, kept, refused, ct) => RespondAsync(context, kept.Count == 0 ? 413 : 200, kept.Count == 0 ? [] : StoreResponses.Json(kept, refused), ct));

    /// <summary>Status 413 for requests of more than so many bytes; their bodies are read, others are stored.</summary>
    /// <param name="maxBytes">The most bytes of a request.</param>
    /// <returns>The fault.</returns>
    public static ReceiverFault TooLargeAboveBytes(long maxBytes) => new(
        $"413 above {maxBytes} bytes", StoreAll, (context, kept, refused, ct) => RespondAsync(context, context.Request.ContentLength > maxBytes ? 413 : 200, context.Request.ContentLength > maxBytes ? [] : StoreResponses.Json(kept, refused), ct))
    {
        MaxBytes = maxBytes,
    };

    /// <summary>All is stored, and the response, which lists it, is compressed without being asked for it, as by a proxy.</summary>
    /// <returns>The fault.</returns>
    public static ReceiverFault CompressResponse() => new("compress response", StoreAll, async (context, kept, refused, ct) =>
    {
        context.Response.Headers.ContentEncoding = "gzip";
        var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await using (gzip.ConfigureAwait(false))
        {
            await gzip.WriteAsync(StoreResponses.Json(kept, refused), ct).ConfigureAwait(false);
        }
    });

    /// <summary>Status 200 with both sequences empty, and nothing stored.</summary>
    /// <returns>The fault.</returns>
    public static ReceiverFault StoreNothing() => new("store nothing", StoreNone, (context, _, _, ct) => RespondAsync(context, 200, StoreResponses.Json([], []), ct));

    /// <summary>All is stored, and the response lists nothing.</summary>
    /// <returns>The fault.</returns>
    public static ReceiverFault ListNothing() => new("list nothing", StoreAll, (context, _, _, ct) => RespondAsync(context, 200, StoreResponses.Json([], []), ct));

    /// <summary>All is stored, and the response lists the first instance only.</summary>
    /// <returns>The fault.</returns>
    public static ReceiverFault ListFirstOnly() => new("list first only", StoreAll, (context, kept, refused, ct) => RespondAsync(context, 200, StoreResponses.Json([.. kept.Take(1)], refused), ct));

    /// <summary>All is stored, and the response, with a wrong content type or in XML, lists it all.</summary>
    /// <param name="contentType">The content type; null for none.</param>
    /// <param name="xml">Whether the body is XML rather than JSON.</param>
    /// <returns>The fault.</returns>
    public static ReceiverFault WithContentType(string? contentType, bool xml) => new("content type", StoreAll, async (context, kept, refused, ct) =>
    {
        context.Response.ContentType = contentType;
        await context.Response.Body.WriteAsync(xml ? StoreResponses.Xml(kept, refused) : StoreResponses.Json(kept, refused), ct).ConfigureAwait(false);
    });

    /// <summary>All is stored, with a Warning Reason.</summary>
    /// <param name="reason">The Warning Reason (0008,1196).</param>
    /// <returns>The fault.</returns>
    public static ReceiverFault Warn(int reason) => new($"warn {reason}", StoreAll, (context, kept, refused, ct) => RespondAsync(context, 202, StoreResponses.Json(kept, refused, reason), ct));

    /// <summary>Every second instance, beginning with the first, is refused; the others are stored. Status 202, or 409 where none is stored.</summary>
    /// <param name="reason">The Failure Reason (0008,1197).</param>
    /// <param name="warningHeader">The Warning header; null for none.</param>
    /// <returns>The fault.</returns>
    public static ReceiverFault RefuseHalf(int reason, string? warningHeader = null) => Refuse(reason, static i => i % 2 == 0, warningHeader);

    /// <summary>Every instance is refused, with status 409.</summary>
    /// <param name="reason">The Failure Reason (0008,1197).</param>
    /// <param name="warningHeader">The Warning header; null for none.</param>
    /// <returns>The fault.</returns>
    public static ReceiverFault RefuseAll(int reason, string? warningHeader = null) => Refuse(reason, static _ => true, warningHeader);

    /// <summary>Every instance is listed both as stored and as failed, and is not stored.</summary>
    /// <param name="reason">The Failure Reason (0008,1197).</param>
    /// <returns>The fault.</returns>
    public static ReceiverFault ListAsBoth(int reason) => new(
        "list as both",
        static all => ([], [.. all.Select(static one => (one, 0))]),
        (context, _, refused, ct) => RespondAsync(context, 200, StoreResponses.Json([.. refused.Select(static one => one.Instance)], [.. refused.Select(one => (one.Instance, reason))]), ct));

    /// <summary>Requests with an instance of a certain UID get status 400 and a page of HTML, and nothing of them is stored; others are stored.</summary>
    /// <param name="sopInstanceUid">The SOP Instance UID.</param>
    /// <returns>The fault.</returns>
    public static ReceiverFault RejectRequestsWith(string sopInstanceUid) => new(
        "reject requests",
        all => all.Any(one => one.SopInstanceUid == sopInstanceUid) ? StoreNone(all) : StoreAll(all),
        (context, kept, refused, ct) => kept.Count == 0
            ? RespondAsync(context, 400, Encoding.UTF8.GetBytes("<html><body>Bad request<br></body></html>"), ct)
            : RespondAsync(context, 200, StoreResponses.Json(kept, refused), ct));

    /// <summary>The connection of requests with an instance of a certain UID is broken, and nothing of them is stored; others are stored.</summary>
    /// <param name="sopInstanceUid">The SOP Instance UID.</param>
    /// <returns>The fault.</returns>
    public static ReceiverFault BreakRequestsWith(string sopInstanceUid) => new(
        "break requests",
        all => all.Any(one => one.SopInstanceUid == sopInstanceUid) ? StoreNone(all) : StoreAll(all),
        (context, kept, refused, ct) =>
        {
            if (kept.Count > 0)
            {
                return RespondAsync(context, 200, StoreResponses.Json(kept, refused), ct);
            }

            context.Abort();
            return Task.CompletedTask;
        });

    /// <summary>The connection is broken when the request has come; all of it is stored, or nothing.</summary>
    /// <param name="isStored">Whether all is stored.</param>
    /// <returns>The fault.</returns>
    public static ReceiverFault Reset(bool isStored) => new("reset", isStored ? StoreAll : StoreNone, static (context, _, _, _) =>
    {
        context.Abort();
        return Task.CompletedTask;
    });

    /// <summary>All is stored, and the response is cut in its middle.</summary>
    /// <returns>The fault.</returns>
    public static ReceiverFault CutResponse() => new("cut response", StoreAll, async (context, kept, refused, ct) =>
    {
        var body = StoreResponses.Json(kept, refused);
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), ct).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(ct).ConfigureAwait(false);
        context.Abort();
    });

    /// <summary>Nothing is stored, and no response comes until the client leaves or the receiver ends.</summary>
    /// <returns>The fault.</returns>
    public static ReceiverFault Stall() => new("stall", StoreNone, static (_, _, _, ct) => Task.Delay(Timeout.InfiniteTimeSpan, ct));

    /// <summary>Waits for a task before all is stored as usual.</summary>
    /// <param name="until">The task.</param>
    /// <returns>The fault.</returns>
    public static ReceiverFault Delay(Task until) => new("delay", StoreAll, async (context, kept, refused, ct) =>
    {
        await until.WaitAsync(ct).ConfigureAwait(false);
        await RespondAsync(context, 200, StoreResponses.Json(kept, refused), ct).ConfigureAwait(false);
    });

    /// <summary>Names the fault.</summary>
    /// <returns>For example <c>status 503</c>.</returns>
    public override string ToString() => _name;

    internal (List<StoredInstance> Kept, List<(StoredInstance, int)> Refused) Choose(IReadOnlyList<StoredInstance> received) => _choose(received);

    internal async Task ReadAsync(Stream request, Stream body, CancellationToken cancellationToken)
    {
        if (BytesPerSecond is not { } rate)
        {
            await request.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Twenty pieces in a second.
        var piece = new byte[Math.Max(1, rate / 20)];
        while (await request.ReadAsync(piece, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            body.Write(piece, 0, count);
            await Task.Delay(TimeSpan.FromSeconds((double)count / rate), cancellationToken).ConfigureAwait(false);
        }
    }

    internal Task RespondAsync(
        HttpContext context, IReadOnlyList<StoredInstance> kept, IReadOnlyList<(StoredInstance Instance, int Reason)> refused, CancellationToken cancellationToken) =>
        _respond(context, kept, refused, cancellationToken);

    private static ReceiverFault Refuse(int reason, Func<int, bool> isRefused, string? warningHeader) => new(
        $"refuse {reason}",
        all => ([.. all.Where((_, i) => !isRefused(i))], [.. all.Where((_, i) => isRefused(i)).Select(one => (one, reason))]),
        (context, kept, refused, ct) =>
        {
            if (warningHeader is not null)
            {
                context.Response.Headers.Warning = warningHeader;
            }

            return RespondAsync(context, kept.Count == 0 ? 409 : 202, StoreResponses.Json(kept, refused), ct);
        });

    private static (List<StoredInstance> Kept, List<(StoredInstance, int)> Refused) StoreAll(IReadOnlyList<StoredInstance> all) => ([.. all], []);

    private static (List<StoredInstance> Kept, List<(StoredInstance, int)> Refused) StoreNone(IReadOnlyList<StoredInstance> all) => ([], []);

    private static async Task RespondAsync(HttpContext context, int status, byte[] body, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = status;
        if (body.Length > 0)
        {
            await context.Response.Body.WriteAsync(body, cancellationToken).ConfigureAwait(false);
        }
    }
}
