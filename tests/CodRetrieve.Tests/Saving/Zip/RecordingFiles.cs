using CodRetrieve.IO;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Tests.Saving;

/// <summary>Notes every write to files, so that the file can be built as it was after any of them; or makes them fail.</summary>
internal sealed class RecordingFiles : FileOperations
{
    private readonly object _lock = new();

    /// <summary>The writes, in order; without bytes where the file got another length.</summary>
    public List<(byte[]? Bytes, long Offset)> Writes { get; } = [];

    /// <summary>The number of writes before the list of entries, by its first signature.</summary>
    public int CommitBegan => Writes.FindIndex(write => write.Bytes is [0, 0, 0, 0] || (write.Bytes?.AsSpan().StartsWith("PK\u0001\u0002"u8) ?? false));

    /// <summary>What the next writes throw.</summary>
    public Exception? Failure { get; set; }

    public override ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken)
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        lock (_lock)
        {
            Writes.Add((bytes.ToArray(), offset));
            return base.WriteAsync(file, bytes, offset, cancellationToken);
        }
    }

    public override void SetLength(SafeFileHandle file, long length)
    {
        lock (_lock)
        {
            Writes.Add((null, length));
            base.SetLength(file, length);
        }
    }

    /// <summary>The file after some of the writes; with a part of the next one where a source of random numbers is given.</summary>
    public byte[] Replay(int count, Random? torn)
    {
        using var file = new MemoryStream();
        foreach (var (bytes, offset) in Writes.Take(count))
        {
            if (bytes is null)
            {
                file.SetLength(offset);
            }
            else
            {
                file.Position = offset;
                file.Write(bytes);
            }
        }

        if (torn is not null && count < Writes.Count && Writes[count].Bytes is { } next)
        {
            file.Position = Writes[count].Offset;
            file.Write(next.AsSpan(0, torn.Next(next.Length)));
        }

        return file.ToArray();
    }
}
