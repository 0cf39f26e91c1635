using CodRetrieve.Dicom;

namespace CodRetrieve.DicomWeb;

/// <summary>Takes the content of instances: into memory, within a budget, or as it arrives where it is too large for that. Safe for use by several threads.</summary>
internal sealed class OutgoingReader(long maxBufferedBytes)
{
    private const int InitialBytes = 64 * 1024;

    // No single instance may take the budget from all others.
    private readonly long _maxInstanceBytes = Math.Min(maxBufferedBytes / 4, Array.MaxLength - 1);
    private readonly ByteBudget _budget = new(maxBufferedBytes);

    /// <summary>Waits until an instance can be read. Others that wait in turn hold nothing that it needs: they end by themselves.</summary>
    public async ValueTask<Lease> ReserveAsync(long? size, CancellationToken cancellationToken)
    {
        if (size > _maxInstanceBytes)
        {
            return new Lease(this, 0, size);
        }

        var bytes = size ?? _maxInstanceBytes;
        await _budget.TakeAsync(bytes, cancellationToken).ConfigureAwait(false);
        return new Lease(this, bytes, size);
    }

    /// <summary>The memory of one instance, given back when disposed.</summary>
    internal sealed class Lease(OutgoingReader owner, long bytes, long? size) : IDisposable
    {
        public async ValueTask<Outgoing> ReadAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
        {
            if (size > owner._maxInstanceBytes)
            {
                var start = new byte[PartTenHeader.PrefixBytes];
                var count = await content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                return new Outgoing(instance, start.AsMemory(0, count), content, size.Value, cancellationToken);
            }

            // One byte more than is announced, so that the end is read without another buffer.
            var (buffer, length) = (new byte[size is { } known ? known + 1 : InitialBytes], 0);
            while (await content.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) is var count and > 0)
            {
                length += count;
                if (length > owner._maxInstanceBytes)
                {
                    throw new InvalidDataException($"{instance.Uri}: its index gives no size, or a wrong one, and it is too large to be kept in memory (MaxBufferedBytes). A receiver must know the size first.");
                }

                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, owner._maxInstanceBytes + 1));
                }
            }

            return new Outgoing(instance, buffer.AsMemory(0, length), null, length, cancellationToken);
        }

        public void Dispose() => owner._budget.Return(bytes);
    }
}
