using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CodRetrieve.Benchmarks.EndToEnd;

/// <summary>A receiver with DICOMweb that has nothing, acknowledges every instance by the UID in its file meta information, and keeps none of its bytes.</summary>
internal sealed class DiscardingReceiver : IAsyncDisposable
{
    // Enough for the headers of a part and the file meta information of a synthetic instance.
    private const int HeadBytes = 1024;

    private readonly WebApplication _application;
    private long _bytes;
    private int _instances;

    private DiscardingReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _application = builder.Build();
        _application.Run(HandleAsync);
    }

    public Uri ServiceUrl => new($"{_application.Urls.Single()}/dicom-web/");

    public long BytesReceived => Interlocked.Read(ref _bytes);

    public int InstancesReceived => Volatile.Read(ref _instances);

    public static async Task<DiscardingReceiver> StartAsync()
    {
        var receiver = new DiscardingReceiver();
        await receiver._application.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = 204;
            return;
        }

        var boundary = MediaTypeHeaderValue.Parse(context.Request.ContentType!).Boundary.ToString().Trim('"');
        var uids = await ReadUidsAsync(context.Request.Body, Encoding.ASCII.GetBytes($"--{boundary}\r\n"));
        Interlocked.Add(ref _instances, uids.Count);
        var items = string.Join(',', uids.Select(static uid => $$$"""{"00081155":{"vr":"UI","Value":["{{{uid}}}"]}}"""));
        await context.Response.WriteAsync($$$"""{"00081199":{"vr":"SQ","Value":[{{{items}}}]}}""");
    }

    private async Task<List<string>> ReadUidsAsync(Stream body, byte[] delimiter)
    {
        var uids = new List<string>();
        var (buffer, held) = (new byte[256 * 1024], 0);
        for (var isEnd = false; !isEnd;)
        {
            var count = await body.ReadAsync(buffer.AsMemory(held));
            Interlocked.Add(ref _bytes, count);
            (isEnd, held) = (count == 0, held + count);
            var at = 0;
            while (buffer.AsSpan(at, held - at).IndexOf(delimiter) is var found and >= 0 && (isEnd || held - at - found >= HeadBytes))
            {
                at += found + delimiter.Length;
                uids.Add(UidIn(buffer.AsSpan(at, held - at)));
            }

            // What may be the beginning of a part stays.
            var rest = buffer.AsSpan(at, held - at);
            var start = rest.IndexOf(delimiter) is var next and >= 0 ? next : Math.Max(0, rest.Length - delimiter.Length + 1);
            rest[start..].CopyTo(buffer);
            held = rest.Length - start;
        }

        return uids;
    }

    // Media Storage SOP Instance UID (0002,0003).
    private static string UidIn(ReadOnlySpan<byte> part)
    {
        var at = part.IndexOf("\u0002\0\u0003\0UI"u8) + 6;
        return Encoding.ASCII.GetString(part.Slice(at + 2, part[at])).TrimEnd('\0');
    }
}
