using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace CodRetrieve.Testing;

/// <summary>A response before it is sent: what a fault may change.</summary>
internal sealed class ResponsePlan
{
    public int Status { get; set; } = StatusCodes.Status200OK;

    public IHeaderDictionary Headers { get; } = new HeaderDictionary();

    public IObjectContent Content { get; set; } = new MemoryContent(default);

    public long Offset { get; set; }

    public long Count { get; set; }

    /// <summary>Whether <see cref="Headers"/> carry a Content-Range for <see cref="Offset"/> and <see cref="Count"/>.</summary>
    public bool IsRange { get; set; }

    /// <summary>Whether the stored gzip is decompressed on the way; the length is not known then.</summary>
    public bool Unpack { get; set; }

    /// <summary>Whether the response has no Content-Length.</summary>
    public bool Chunked { get; set; }

    public bool ResetBeforeHeaders { get; set; }

    public bool ResetWithinHeaders { get; set; }

    /// <summary>The body bytes after which <see cref="End"/> comes; null for the whole body.</summary>
    public long? StopAfter { get; set; }

    public BodyEnd End { get; set; }

    /// <summary>The body byte of which <see cref="FlipBit"/> is turned over; null for none.</summary>
    public long? FlipByte { get; set; }

    public int FlipBit { get; set; }

    /// <summary>Bytes to append to the body.</summary>
    public int ExtraBytes { get; set; }

    public int? DripBytes { get; set; }

    public TimeSpan DripInterval { get; set; }

    /// <summary>The object of the response, when there is one.</summary>
    public TestObject? Item { get; set; }

    public TestBucket? Bucket { get; set; }

    /// <summary>The body's length, or for one decompressed on the way the compressed length.</summary>
    public long BodyLength => Unpack ? Content.Length : Count;

    public void SetContent(IObjectContent content)
    {
        Content = content;
        Offset = 0;
        Count = content.Length;
        Unpack = false;
    }

    public void SetJson(int status, ReadOnlyMemory<byte> json)
    {
        Status = status;
        SetContent(new MemoryContent(json));
        Headers.ContentType = "application/json; charset=UTF-8";
    }

    public void SetError(int status, string reason, string message)
    {
        Headers.Clear();
        IsRange = Chunked = false;
        SetJson(status, GcsJson.Error(status, reason, message));
    }

    public Stream OpenBody()
    {
        var stored = Content.OpenRead(Offset, Count);
        return Unpack ? new GZipStream(stored, CompressionMode.Decompress) : stored;
    }
}
