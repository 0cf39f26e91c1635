using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace CodRetrieve.DicomWeb;

/// <summary>
/// The body of a store transaction (PS3.18, 10.5): one part per instance, with its length known before the first byte, since some receivers take a chunked request and
/// store nothing.
/// </summary>
internal sealed class StoreContent : HttpContent
{
    // A transfer-syntax parameter makes some receivers ignore the part; the file says it by itself.
    private const string PartHeader = "Content-Type: application/dicom\r\n\r\n";

    private readonly IReadOnlyList<Outgoing> _instances;
    private readonly IdleWatch _watch;
    private readonly byte[] _first;
    private readonly byte[] _next;
    private readonly byte[] _end;

    public StoreContent(IReadOnlyList<Outgoing> instances, IdleWatch watch)
    {
        _instances = instances;
        _watch = watch;

        // Random, so that no content can hold it.
        var boundary = $"cod-{Guid.NewGuid():N}";
        _first = Encoding.ASCII.GetBytes($"--{boundary}\r\n{PartHeader}");
        _next = Encoding.ASCII.GetBytes($"\r\n--{boundary}\r\n{PartHeader}");
        _end = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");
        Headers.ContentType = new MediaTypeHeaderValue("multipart/related")
        {
            Parameters = { new NameValueHeaderValue("type", "\"application/dicom\""), new NameValueHeaderValue("boundary", boundary) },
        };
        Length = _first.Length + ((instances.Count - 1L) * _next.Length) + _end.Length + instances.Sum(static one => one.SizeBytes);
    }

    public long Length { get; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _instances.Count; i++)
        {
            await stream.WriteAsync(i == 0 ? _first : _next, cancellationToken).ConfigureAwait(false);
            await _instances[i].WriteAsync(stream, _watch, cancellationToken).ConfigureAwait(false);
            _watch.Touch();
        }

        await stream.WriteAsync(_end, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        _watch.Touch();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = Length;
        return true;
    }
}
