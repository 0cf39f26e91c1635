using System.Buffers;
using System.Buffers.Text;
using System.Text;
using CodRetrieve.Dicom;
using ZstdSharp;

namespace CodRetrieve.Catalog;

/// <summary>
/// Reads the <c>metadata</c> of an instance's entry in an index, in both of its forms: a DICOM JSON object (COD 1.0), or the base64 of one zstd frame of such an object (COD
/// 2.0). Which of them it is tells the JSON type, entry by entry. Used for one entry after the other.
/// </summary>
internal sealed class MetadataDecoder : IDisposable
{
    /// <summary>More than the attributes of any real instance take, those of each frame included; a bound for what a hostile index can make us hold.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private readonly CaptureBuffer _written = new(MaxBytes);
    private readonly CaptureBuffer _decompressed = new(MaxBytes);
    private readonly DicomDataset _dataset = new();
    private Decompressor? _zstd;

    /// <summary>Reads the value that comes next in an index.</summary>
    /// <returns>The attributes, valid until the next call; not readable where there are none, or where they are damaged or beyond <see cref="MaxBytes"/>.</returns>
    /// <exception cref="CodFormatException">The index is cut off or malformed.</exception>
    public async ValueTask<DicomDataset> ReadAsync(JsonScanner json, CancellationToken cancellationToken)
    {
        await json.CaptureValueAsync(_written, cancellationToken).ConfigureAwait(false);
        var written = _written.Written;
        if (!written.IsEmpty && written.Span[0] == '{')
        {
            // The scanner has seen where the members are.
            _dataset.Load(written, _written.Marks);
        }
        else
        {
            _dataset.Load(Decode(written));
        }

        return _dataset;
    }

    public void Dispose()
    {
        _written.Dispose();
        _decompressed.Dispose();
        _zstd?.Dispose();
    }

    private ReadOnlyMemory<byte> Decode(Memory<byte> written) =>
        !written.IsEmpty && written.Span[0] == '"' ? Decompress(Unescaped(written)) : default;

    private ReadOnlyMemory<byte> Decompress(Memory<byte> base64)
    {
        if (Base64.DecodeFromUtf8InPlace(base64.Span, out var length) != OperationStatus.Done || length == 0)
        {
            return default;
        }

        var frame = base64.Span[..length];
        if (SizeOf(frame) is not { } size)
        {
            return default;
        }

        _zstd ??= new Decompressor();
        var target = _decompressed.Reserve(size);
        return _zstd.TryUnwrap(frame, target.AsSpan(0, size), out var count) ? target.AsMemory(0, count) : default;
    }

    // What the frame says, or the most that it can be: beyond the bound it is a bomb.
    private static int? SizeOf(ReadOnlySpan<byte> frame)
    {
        try
        {
            return Decompressor.GetDecompressedSize(frame) is var size and <= MaxBytes ? (int)size : null;
        }
        catch (ZstdException)
        {
            return null;
        }
    }

    // Python writes base64 without escapes; other writers of JSON escape its slashes.
    private static Memory<byte> Unescaped(Memory<byte> quoted) =>
        quoted.Span.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(JsonSpanReader.Unescape(quoted.Span)) : quoted[1..^1];
}
