using System.Text;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>A file of very many rows that are made when they are read. It can be read again from its beginning.</summary>
internal sealed class GeneratedFile(string begin, long rows, Func<long, string> row) : Stream
{
    private byte[] _part = [];
    private int _start;
    private long _next = -1;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set
        {
            Assert.Equal(0, value);
            (_part, _start, _next) = ([], 0, -1);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (_start == _part.Length)
        {
            (_part, _start) = (Encoding.UTF8.GetBytes(NextRows()), 0);
        }

        var count = Math.Min(buffer.Length, _part.Length - _start);
        _part.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private string NextRows()
    {
        if (_next < 0)
        {
            _next = 0;
            return begin;
        }

        var text = new StringBuilder();
        for (var last = Math.Min(rows, _next + 1_000); _next < last; _next++)
        {
            text.Append(row(_next));
        }

        return text.ToString();
    }
}
