namespace CodRetrieve.Testing;

/// <summary>Makes requests and bodies take the time that a <see cref="TestLink"/> takes. Safe for several connections at once.</summary>
internal sealed class LinkSimulator
{
    // Timers are no more exact than that; what is shorter is paid with the bytes that come next.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly TestLink _link;
    private readonly TimeProvider _time;
    private readonly object _lock = new();
    private long _busyUntil;

    public LinkSimulator(TestLink link, TimeProvider time)
    {
        (_link, _time) = (link, time);
        _busyUntil = time.GetTimestamp();
    }

    /// <summary>Waits until the first byte of a response would be there.</summary>
    /// <param name="isNewConnection">Whether it is the first request of its connection.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task BeginAsync(bool isNewConnection, CancellationToken cancellationToken)
    {
        var roundTrips = 1 + (isNewConnection ? _link.ConnectionRoundTrips : 0);
        return Task.Delay((_link.RoundTrip * roundTrips) + _link.TimeToFirstByte, _time, cancellationToken);
    }

    /// <summary>A body that begins now.</summary>
    public Body Open() => new(this);

    private TimeSpan Until(long timestamp) => _time.GetElapsedTime(_time.GetTimestamp(), timestamp);

    private long Take(int bytes)
    {
        lock (_lock)
        {
            return _busyUntil = Math.Max(_busyUntil, _time.GetTimestamp()) + Duration(bytes, _link.BytesPerSecond);
        }
    }

    private long Duration(long bytes, long bytesPerSecond) => (long)((double)bytes / bytesPerSecond * _time.TimestampFrequency);

    /// <summary>The bytes of one response. For one caller.</summary>
    internal sealed class Body(LinkSimulator owner)
    {
        private readonly long _begun = owner._time.GetTimestamp();
        private long _sent;

        /// <summary>Waits until the bytes are across, on this connection and behind those of the others.</summary>
        public Task SendAsync(int bytes, CancellationToken cancellationToken)
        {
            _sent += bytes;
            var end = Math.Max(owner.Take(bytes), _begun + owner.Duration(_sent, owner._link.BytesPerSecondPerConnection));
            var wait = owner.Until(end);
            return wait < Tick ? Task.CompletedTask : Task.Delay(wait, owner._time, cancellationToken);
        }
    }
}
