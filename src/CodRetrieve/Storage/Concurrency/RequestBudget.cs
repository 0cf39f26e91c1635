using CodRetrieve.Diagnostics;

namespace CodRetrieve.Storage;

/// <summary>
/// The requests that one job has in flight, of whatever kind: as many as a <see cref="ConcurrencyController"/> finds right. Those for metadata go before those for
/// content, up to their half. Safe for several callers at once.
/// </summary>
internal sealed class RequestBudget : IDisposable
{
    // Below this, a connection brings so little between two reads that more of them do not help.
    private const long MinBytesPerSecondPerConnection = 256 * 1024;
    private const int MinConnectionsWithinLimits = 2;

    // What a process has open beside: assemblies, terminals, logs. For each connection its socket, the file that it writes, and lock and receipts of the studies read ahead.
    private const int FilesOfProcess = 64;
    private const int FilesPerConnection = 8;
    private const int MaxReserve = 2;
    private const int TooManyRequests = 429;
    private const int ServiceUnavailable = 503;

    private readonly object _lock = new();
    private readonly LinkedList<Waiter> _metadata = new();
    private readonly LinkedList<Waiter> _content = new();
    private readonly ConcurrencyController _controller;
    private readonly TimeProvider _time;
    private readonly TimeSpan _maxPause;
    private long _pausedUntil;
    private ITimer? _pause;
    private int _inFlight;
    private int _metadataInFlight;
    private bool _isMetadataExpected;
    private int _reportedLimit;
    private bool _isDisposed;

    public RequestBudget(CodDownloadOptions options)
        : this(options.MinConnections, MaxOf(options), options.TimeProvider, options.MaxOutage > options.MaxRetryDelay ? options.MaxOutage : options.MaxRetryDelay)
    {
    }

    private RequestBudget(int min, int max, TimeProvider time, TimeSpan maxPause)
    {
        (_time, _maxPause) = (time, maxPause);
        _controller = new ConcurrencyController(Math.Min(min, max), max, time);
        ReportLimit();
    }

    /// <summary>How many requests may be in flight now.</summary>
    public int Limit => _controller.Limit;

    /// <summary>Whether requests for metadata may come soon: then content leaves them a place or two, since it may keep its own for minutes.</summary>
    public bool IsMetadataExpected
    {
        set
        {
            lock (_lock)
            {
                _isMetadataExpected = value;
                Grant();
            }
        }
    }

    /// <summary>A budget that never changes.</summary>
    public static RequestBudget Fixed(int connections, TimeProvider? time = null) => new(connections, connections, time ?? TimeProvider.System, TimeSpan.Zero);

    public long Timestamp() => _time.GetTimestamp();

    /// <summary>Waits until another request may be made.</summary>
    public ValueTask<RequestPermit> AcquireAsync(RequestPurpose purpose, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_lock)
        {
            var waiting = purpose == RequestPurpose.Metadata ? _metadata : _content;
            if (waiting.Count == 0 && MayBegin(purpose))
            {
                return ValueTask.FromResult(Begin(purpose));
            }

            waiter = new Waiter(this, purpose);
            waiting.AddLast(waiter.Node);
        }

        return new ValueTask<RequestPermit>(waiter.WaitAsync(cancellationToken));
    }

    /// <summary>Lets another request be made where more than half of the places stay free, so that it is in nobody's way, however long it waits.</summary>
    public RequestPermit? TryAcquireSpare(RequestPurpose purpose)
    {
        lock (_lock)
        {
            return MayBegin(purpose) && 2 * (_inFlight + 1) < _controller.Limit ? Begin(purpose) : null;
        }
    }

    /// <inheritdoc cref="RequestPermit.AddResponse"/>
    public void AddResponse(RequestPurpose purpose, long begun)
    {
        lock (_lock)
        {
            _controller.AddResponse(purpose, _time.GetTimestamp() - begun);
            Advance();
        }
    }

    /// <inheritdoc cref="RequestPermit.AddBytes"/>
    public void AddBytes(int bytes, long? waitedSince)
    {
        if (waitedSince is not { } since)
        {
            _controller.AddBytes(bytes, 0);
            return;
        }

        var now = _time.GetTimestamp();
        _controller.AddBytes(bytes, now - since);
        if (_controller.IsStepOver(now))
        {
            lock (_lock)
            {
                Advance();
            }
        }
    }

    /// <inheritdoc cref="RequestPermit.AddFailure"/>
    public void AddFailure(ObjectStoreException failure, long begun)
    {
        if (RejectionOf(failure) is not { } rejection)
        {
            return;
        }

        lock (_lock)
        {
            _controller.Advance(_inFlight);
            _controller.Reject(begun, _inFlight, rejection);
            if (failure.RetryAfter is { } wait && !_isDisposed)
            {
                Pause(wait < _maxPause ? wait : _maxPause);
            }

            ReportLimit();
        }
    }

    /// <summary>A request is over.</summary>
    public void Release(RequestPurpose purpose)
    {
        CodMeter.ConnectionsActive.Add(-1);
        lock (_lock)
        {
            _controller.Advance(_inFlight);
            _inFlight--;
            _metadataInFlight -= purpose == RequestPurpose.Metadata ? 1 : 0;
            Grant();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _pause?.Dispose();
            CodMeter.ConnectionsLimit.Add(-_reportedLimit);
            _reportedLimit = 0;
        }
    }

    private static Rejection? RejectionOf(ObjectStoreException failure) => failure.StatusCode switch
    {
        TooManyRequests => Rejection.TooMany,
        ServiceUnavailable => Rejection.Unavailable,
        null when failure.Reason == ObjectStoreFailure.Unavailable => Rejection.NoResponse,
        _ => null,
    };

    private static int MaxOf(CodDownloadOptions options)
    {
        var byRate = (options.MaxBytesPerSecond ?? long.MaxValue) / MinBytesPerSecondPerConnection;
        var byFiles = ((options.MaxOpenFiles() ?? long.MaxValue) - FilesOfProcess) / FilesPerConnection;
        return (int)Math.Clamp(Math.Min(byRate, byFiles), Math.Min(MinConnectionsWithinLimits, options.MaxConnections), options.MaxConnections);
    }

    private bool MayBegin(RequestPurpose purpose) =>
        _inFlight < _controller.Limit
        && (purpose == RequestPurpose.Metadata || _inFlight - _metadataInFlight < _controller.Limit - Reserve)
        && _pausedUntil <= _time.GetTimestamp();

    private int Reserve => _isMetadataExpected ? Math.Min(MaxReserve, _controller.Limit / 4) : 0;

    // Where both wait, each gets its half: what is fetched goes on while indexes are read, and the other way round.
    private LinkedListNode<Waiter>? Next()
    {
        var (metadata, content) = (_metadata.First, _content.First);
        var prefersContent = 2 * _metadataInFlight >= _controller.Limit;
        return content is not null && (metadata is null || prefersContent) && MayBegin(RequestPurpose.Content) ? content
            : metadata is not null && MayBegin(RequestPurpose.Metadata) ? metadata
            : null;
    }

    private RequestPermit Begin(RequestPurpose purpose)
    {
        _controller.Advance(_inFlight);
        _inFlight++;
        _metadataInFlight += purpose == RequestPurpose.Metadata ? 1 : 0;
        CodMeter.ConnectionsActive.Add(1);
        return new RequestPermit(this, purpose);
    }

    private void Advance()
    {
        _controller.Advance(_inFlight);
        Grant();
    }

    private void Grant()
    {
        ReportLimit();
        while (Next() is { } next)
        {
            next.List!.Remove(next);
            next.Value.Grant(Begin(next.Value.Purpose));
        }
    }

    private void Pause(TimeSpan wait)
    {
        var until = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
        if (until <= _pausedUntil)
        {
            return;
        }

        _pausedUntil = until;
        _pause ??= _time.CreateTimer(static state => ((RequestBudget)state!).EndPause(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _pause.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void EndPause()
    {
        lock (_lock)
        {
            // A timer may come a little early.
            _pausedUntil = 0;
            Advance();
        }
    }

    private void ReportLimit()
    {
        if (_controller.Limit - _reportedLimit is var change && change != 0 && !_isDisposed)
        {
            _reportedLimit += change;
            CodMeter.ConnectionsLimit.Add(change);
        }
    }

    // False where it was granted at the same moment.
    private bool Leave(Waiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Node.List is not { } waiting)
            {
                return false;
            }

            waiting.Remove(waiter.Node);
            return true;
        }
    }

    private sealed class Waiter
    {
        private readonly RequestBudget _budget;
        // Goes on elsewhere, not under the lock of whoever grants.
        private readonly TaskCompletionSource<RequestPermit> _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Waiter(RequestBudget budget, RequestPurpose purpose) => (_budget, Purpose, Node) = (budget, purpose, new LinkedListNode<Waiter>(this));

        public RequestPurpose Purpose { get; }

        public LinkedListNode<Waiter> Node { get; }

        public void Grant(RequestPermit permit) => _granted.SetResult(permit);

        public async Task<RequestPermit> WaitAsync(CancellationToken cancellationToken)
        {
            using var registration = cancellationToken.UnsafeRegister(
                static (state, token) =>
                {
                    var waiter = (Waiter)state!;
                    if (waiter._budget.Leave(waiter))
                    {
                        waiter._granted.SetCanceled(token);
                    }
                },
                this);
            return await _granted.Task.ConfigureAwait(false);
        }
    }
}
