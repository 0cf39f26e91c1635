using CodRetrieve.Diagnostics;
using CodRetrieve.Dicom;
using CodRetrieve.IO;

namespace CodRetrieve.DicomWeb;

/// <summary>One instance on its way: its bytes, in memory and verified or still arriving, and what became of it. The outcome is set once.</summary>
internal sealed class Outgoing
{
    private const int PieceBytes = 128 * 1024;

    private readonly TaskCompletionSource<Acknowledgement> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReadOnlyMemory<byte> _start;
    private readonly Stream? _rest;
    private int _state;

    /// <param name="instance">The instance.</param>
    /// <param name="start">Its bytes, or the first of them.</param>
    /// <param name="rest">Those that are still to arrive; <see langword="null"/> where all are in memory.</param>
    /// <param name="size">The number of all.</param>
    /// <param name="cancellationToken">Ends the sending of one that still arrives.</param>
    public Outgoing(InstanceInfo instance, ReadOnlyMemory<byte> start, Stream? rest, long size, CancellationToken cancellationToken)
    {
        Instance = instance;
        _start = start;
        _rest = rest;
        SizeBytes = size;
        CancellationToken = cancellationToken;
        var header = PartTenHeader.Read(start.Span);
        SopInstanceUid = header.SopInstanceUid ?? instance.SopInstanceUid;
        TransferSyntaxUid = header.TransferSyntaxUid;
        Crc32c = Crc32C.Append(0, start.Span);
    }

    public InstanceInfo Instance { get; }

    /// <summary>The UID by which the receiver knows the instance.</summary>
    public string SopInstanceUid { get; }

    public string? TransferSyntaxUid { get; }

    public long SizeBytes { get; }

    /// <summary>The CRC32C of what was sent, once it was sent.</summary>
    public uint Crc32c { get; private set; }

    public bool IsStreamed => _rest is not null;

    public CancellationToken CancellationToken { get; }

    /// <summary>Whether it can be sent: its bytes are in memory, or none of those that arrive was taken yet.</summary>
    public bool CanSend => _rest is null || !IsTaken;

    /// <summary>How often it was sent without being listed, by a receiver that works.</summary>
    public int Attempts { get; set; }

    /// <summary>How often its request got no response, or one that asks to wait.</summary>
    public int Outages { get; set; }

    /// <summary>What reading the bytes that arrive failed with.</summary>
    public Exception? ContentFailure { get; private set; }

    public Task<Acknowledgement> Done => _done.Task;

    /// <summary>Waits for the outcome. When the token is cancelled, bytes that arrive are no longer read by anybody once this has thrown.</summary>
    public async Task<Acknowledgement> WhenDoneAsync()
    {
        if (_rest is null)
        {
            return await _done.Task.WaitAsync(CancellationToken).ConfigureAwait(false);
        }

        using var cancelling = CancellationToken.UnsafeRegister(
            static state =>
            {
                if (((Outgoing)state!) is var self && self.TryStart())
                {
                    self._done.TrySetCanceled(self.CancellationToken);
                }
            },
            this);
        return await _done.Task.ConfigureAwait(false);
    }

    private bool IsTaken { get; set; }

    /// <summary>Claims it, for whoever sends it or takes it out of the queue.</summary>
    public bool TryStart() => Interlocked.Exchange(ref _state, 1) == 0;

    public void Succeed(Acknowledgement acknowledgement) => _done.TrySetResult(acknowledgement);

    public void Fail(Exception cause) => _done.TrySetException(cause);

    public async Task WriteAsync(Stream body, IdleWatch watch, CancellationToken cancellationToken)
    {
        // In pieces, each of which is progress: a slow line may need minutes for an instance.
        for (var at = 0; at < _start.Length; at += PieceBytes)
        {
            var count = Math.Min(PieceBytes, _start.Length - at);
            await body.WriteAsync(_start.Slice(at, count), cancellationToken).ConfigureAwait(false);
            CodMeter.BytesDelivered(Delivery.Protocol, count);
            watch.Touch();
        }

        if (_rest is null)
        {
            return;
        }

        IsTaken = true;
        var written = (long)_start.Length;
        var buffer = new byte[PieceBytes];
        while (true)
        {
            // A store that is slow has its own limits: the receiver is not to blame.
            watch.Pause();
            var count = await ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            watch.Touch();
            if (count == 0)
            {
                break;
            }

            written += count;
            ThrowIfNotSize(written, isEnd: false);
            Crc32c = Crc32C.Append(Crc32c, buffer.AsSpan(0, count));
            await body.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            CodMeter.BytesDelivered(Delivery.Protocol, count);
        }

        ThrowIfNotSize(written, isEnd: true);
    }

    private async ValueTask<int> ReadAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _rest!.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            ContentFailure = e;
            throw;
        }
    }

    private void ThrowIfNotSize(long written, bool isEnd)
    {
        if (isEnd ? written != SizeBytes : written > SizeBytes)
        {
            ContentFailure = new InvalidDataException($"{Instance.Uri}: its content has {(isEnd ? "fewer" : "more")} bytes than the {SizeBytes} that were announced to the receiver. The request was aborted.");
            throw ContentFailure;
        }
    }
}
