using CodRetrieve.IO;

namespace CodRetrieve.Transfer;

/// <summary>
/// The bytes of one instance, checked while they pass. The last of them are handed out only after size and CRC32C matched: whoever has
/// read them all has the instance whole.
/// </summary>
internal sealed class InstanceContent : ForwardOnlyReadStream
{
    private readonly TarCursor _cursor;
    private readonly InstanceInfo _instance;
    private readonly long _size;
    private readonly IContentObserver? _observer;
    private long _read;
    private uint _crc;

    /// <param name="cursor">A cursor that stands at the instance's first byte, and that nobody else moves until the instance is done.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="size">How many bytes it has in the tar.</param>
    /// <param name="observer">Notified while the bytes pass; <see langword="null"/> for none.</param>
    public InstanceContent(TarCursor cursor, InstanceInfo instance, long size, IContentObserver? observer)
    {
        _cursor = cursor;
        _instance = instance;
        _size = size;
        _observer = observer;
    }

    /// <summary>The number of bytes that the instance has in the tar.</summary>
    public long SizeBytes => _size;

    /// <summary>The number of bytes that were handed out.</summary>
    public long BytesRead => _read;

    /// <summary>Whether every byte was handed out and matched.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>What reading failed with, whatever the reader made of it; <see langword="null"/> while nothing did.</summary>
    public Exception? Failure { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Failure is not null)
        {
            throw new InvalidOperationException("The instance's bytes failed before; it must be saved with the content of a new call.", Failure);
        }

        if (buffer.IsEmpty || IsWhole)
        {
            return 0;
        }

        try
        {
            return await ReadVerifiedAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Failure = e;
            throw;
        }
    }

    private async ValueTask<int> ReadVerifiedAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_instance.SizeBytes is { } listed && listed != _size)
        {
            throw InstanceIntegrityException.WrongSize(_instance, _size, listed);
        }

        var count = 0;
        if (_read < _size)
        {
            var wanted = buffer[..(int)Math.Min(buffer.Length, _size - _read)];
            count = await _cursor.ReadAsync(wanted, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw InstanceIntegrityException.WrongSize(_instance, _read, _size);
            }

            _crc = Crc32C.Append(_crc, wanted.Span[..count]);
            _read += count;
            _observer?.Received(_instance, count, _read);
        }

        if (_read == _size)
        {
            if (_observer is not null)
            {
                await _observer.ArrivedAsync(_instance).ConfigureAwait(false);
            }

            if (_instance.ExpectedCrc32c is { } expected && expected != _crc)
            {
                throw InstanceIntegrityException.Mismatch(_instance, _crc);
            }

            IsWhole = true;
            if (_observer is not null)
            {
                await _observer.VerifiedAsync(_instance).ConfigureAwait(false);
            }
        }

        return count;
    }
}
