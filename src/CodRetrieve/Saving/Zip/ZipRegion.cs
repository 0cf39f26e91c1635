namespace CodRetrieve.Saving;

/// <summary>The place in an unfinished zip of an entry whose content is to come. Disposing one that was not committed leaves a hole.</summary>
internal sealed class ZipRegion(UnfinishedZip zip, UInt128 name, ZipRecord record, ZipAttributes? attributes) : IAsyncDisposable
{
    private bool _isCommitted;

    /// <summary>The bytes that are reserved for the content.</summary>
    public long Length => record.StoredBytes;

    /// <summary>Writes a part of the content.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long position, CancellationToken cancellationToken) =>
        bytes.Length <= Length - position
            ? zip.WriteAsync(bytes, record.ContentOffset + position, cancellationToken)
            : throw new ArgumentOutOfRangeException(nameof(bytes), "The content is longer than its region.");

    /// <summary>Reads what was written.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> bytes, long position, CancellationToken cancellationToken) =>
        zip.ReadAsync(bytes, record.ContentOffset + position, cancellationToken);

    /// <summary>Makes an entry of the region, whose content was written to its end and is verified.</summary>
    public async ValueTask CommitAsync(uint crc32, uint? crc32c, CancellationToken cancellationToken)
    {
        await zip.FinishAsync(name, record with { Crc32 = crc32, Crc32c = crc32c }, attributes, cancellationToken).ConfigureAwait(false);
        _isCommitted = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isCommitted)
        {
            await zip.AbandonAsync(record).ConfigureAwait(false);
        }
    }
}
