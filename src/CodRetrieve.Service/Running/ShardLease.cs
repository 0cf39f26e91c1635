using CodRetrieve.Service.Configuration;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Running;

/// <summary>
/// The lease of a shard under way: renews it, and knows until when it lasts at least. That moment is counted from when a renewal was sent, on this machine's own
/// clock, so that it comes before the one at which the database lets another node claim the shard, however wrong the time of day is.
/// </summary>
internal sealed class ShardLease : IAsyncDisposable
{
    // Kept for what is under way when the lease ends.
    private const double Margin = 0.1;

    private readonly ShardLedger _ledger;
    private readonly ClaimedShard _shard;
    private readonly TimeProvider _time;
    private readonly TimeSpan _usable;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _ending = new();
    private long _renewedAt;
    private Task _renewing = Task.CompletedTask;
    private volatile LeaseStateBox _state = new(LeaseState.Held);

    public ShardLease(ShardLedger ledger, ClaimedShard shard, long claimedAt, IOptions<ServiceOptions> options, TimeProvider time, ILogger logger)
    {
        (_ledger, _shard, _time, _logger, _renewedAt) = (ledger, shard, time, logger, claimedAt);
        var lease = options.Value.Node.Lease;
        _usable = lease * (1 - Margin);
        _interval = lease / 6;
    }

    /// <summary>Gets a token that is cancelled when the shard is not to be worked on any more: the lease is lost, or the request paused or cancelled.</summary>
    public CancellationToken Ended => _lost.Token;

    /// <summary>Gets what the last renewal found.</summary>
    public LeaseState State => _state.Value;

    /// <summary>Gets or sets what is told with each renewal.</summary>
    public Func<(long BytesReceived, long BytesPerSecond)> Progress { get; set; } = static () => (0, 0);

    /// <summary>Gets whether the lease still lasts, as far as this node can know.</summary>
    public bool IsHeld => State != LeaseState.Lost && Remaining > TimeSpan.Zero;

    private TimeSpan Remaining => _usable - _time.GetElapsedTime(Interlocked.Read(ref _renewedAt));

    public void Start() => _renewing = RenewAsync();

    /// <summary>Makes sure that something may be published now.</summary>
    /// <exception cref="DestinationException">The lease is lost.</exception>
    public void ThrowIfLost()
    {
        if (!IsHeld)
        {
            throw Lost();
        }
    }

    /// <summary>Makes sure of it with the ledger, too.</summary>
    /// <exception cref="DestinationException">The lease is lost.</exception>
    public async ValueTask ThrowIfLostAsync(CancellationToken cancellationToken)
    {
        ThrowIfLost();
        if (!await _ledger.IsHeldAsync(_shard, cancellationToken))
        {
            End(LeaseState.Lost);
            throw Lost();
        }

        ThrowIfLost();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _renewing;
        _ending.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync()
    {
        var ending = _ending.Token;
        while (!ending.IsCancellationRequested)
        {
            try
            {
                var remaining = Remaining;
                await Task.Delay(remaining < _interval ? (remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero) : _interval, _time, ending);
                if (!IsHeld)
                {
                    _logger.LogLeaseRanOut(_shard.Id, _shard.Epoch);
                    End(LeaseState.Lost);
                    return;
                }

                using var limit = CancellationTokenSource.CreateLinkedTokenSource(ending);

                // Two such attempts fit into a lease: one on a connection that is dead, and one on another.
                limit.CancelAfter(2 * _interval);
                var sentAt = _time.GetTimestamp();
                var (received, rate) = Progress();
                var state = await _ledger.RenewAsync(_shard, received, rate, limit.Token);
                if (state == LeaseState.Lost)
                {
                    _logger.LogLeaseTaken(_shard.Id, _shard.Epoch);
                    End(state);
                    return;
                }

                Interlocked.Exchange(ref _renewedAt, sentAt);
                if (state is LeaseState.Paused or LeaseState.Cancelled)
                {
                    // Renewed further on, until what is under way has stopped.
                    End(state);
                }
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The database restarts, is full, or does not respond: tried again until the lease ends.
                _logger.LogRenewalFailed(_shard.Id, _ledger.Describe(e));
            }
        }
    }

    private void End(LeaseState state)
    {
        _state = new LeaseStateBox(state);
        _lost.Cancel();
    }

    private DestinationException Lost() => new(DestinationFailure.InUse, $"The lease of shard {_shard.Id} has ended, and another node may have it: nothing more of this run is published.");

    private sealed record LeaseStateBox(LeaseState Value);
}
