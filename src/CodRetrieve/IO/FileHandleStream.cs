using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.IO;

/// <summary>Writes a file from its beginning through a buffer, and leaves it open: who opened it checks its closing.</summary>
internal sealed class FileHandleStream(SafeFileHandle file, int bufferBytes) : Stream
{
    private readonly byte[] _buffer = new byte[bufferBytes];
    private int _count;
    private long _start;

    public override bool CanRead => false;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => Math.Max(RandomAccess.GetLength(file), Position);

    public override long Position
    {
        get => _start + _count;
        set
        {
            Flush();
            _start = value;
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > _buffer.Length - _count)
        {
            Flush();
        }

        if (buffer.Length >= _buffer.Length)
        {
            RandomAccess.Write(file, buffer, _start);
            _start += buffer.Length;
        }
        else
        {
            buffer.CopyTo(_buffer.AsSpan(_count));
            _count += buffer.Length;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length > _buffer.Length - _count)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        if (buffer.Length >= _buffer.Length)
        {
            await RandomAccess.WriteAsync(file, buffer, _start, cancellationToken).ConfigureAwait(false);
            _start += buffer.Length;
        }
        else
        {
            buffer.Span.CopyTo(_buffer.AsSpan(_count));
            _count += buffer.Length;
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Writes what is buffered.</summary>
    public override void Flush()
    {
        RandomAccess.Write(file, _buffer.AsSpan(0, _count), _start);
        (_start, _count) = (_start + _count, 0);
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await RandomAccess.WriteAsync(file, _buffer.AsMemory(0, _count), _start, cancellationToken).ConfigureAwait(false);
        (_start, _count) = (_start + _count, 0);
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
