namespace CodRetrieve.Storage;

/// <summary>
/// Decides how many requests may be in flight. It doubles their number while that brings more, then tries some more from time to time; it goes back when the
/// store rejects requests or takes longer to begin its responses. See docs/decisions/0018. Its owner calls it under a lock, but for the members that say otherwise.
/// </summary>
/// <param name="min">The least number.</param>
/// <param name="max">The greatest number.</param>
/// <param name="time">The clock.</param>
internal sealed class ConcurrencyController(int min, int max, TimeProvider time)
{
    /// <summary>The number to begin with, and the one that mere slowness does not go below.</summary>
    public const int Start = 8;

    // What a request costs the store and the link beside its bytes: about what a connection brings in the time to the first byte.
    private const int BytesPerRequest = 64 * 1024;

    // Less than that is noise on a link that others use as well.
    private const double MinGain = 1.1;
    // Of the gain that would be in proportion to the requests added.
    private const double MinShareOfGain = 0.3;
    private const double Decrease = 0.7;
    private const double BelowCeiling = 0.9;
    // Below this share of their time, requests wait for the host or the destination rather than for the store.
    private const double MinWaitShare = 0.5;
    private const double SaturatedShare = 0.85;
    // A busy store fails a request now and then, whatever their number.
    private const int MinRejections = 2;
    private const double SporadicShare = 0.02;
    private const int MinLatencies = 8;
    private const int MaxLatencies = 256;
    private const int MaxHold = 32;
    private const int HoldBelowCeiling = 8;

    private static readonly TimeSpan MinStep = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxDraining = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LatencyWindow = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CeilingLifetime = TimeSpan.FromMinutes(1);
    // A loopback responds in less than a scheduler's turn; twice that is no sign of anything.
    private static readonly TimeSpan MinLatencyRise = TimeSpan.FromMilliseconds(20);

    private readonly List<long> _latencies = new(MaxLatencies);
    private long _stepBegan = time.GetTimestamp();
    private long _stepEnds = time.GetTimestamp() + (long)(MinStep.TotalSeconds * time.TimestampFrequency);
    private long _work;
    private long _waited;
    private double _held;
    private long _heldUntil = time.GetTimestamp();
    private bool _hasResponded;
    private int _responses;
    private int _rejections;

    private long _minLatency = long.MaxValue;
    private long _minLatencyBefore = long.MaxValue;
    private long _latencyWindowBegan = time.GetTimestamp();

    private Phase _phase = Phase.Doubling;
    private double _goodputBefore;
    private int _limitBefore;
    private int _hold = 1;
    private int _steps;
    private long _decreased = long.MinValue;
    private long _drained = long.MinValue;
    private int? _ceiling;

    private enum Phase
    {
        /// <summary>Twice as many bring more each time.</summary>
        Doubling,

        /// <summary>The number is right, as far as is known.</summary>
        Holding,

        /// <summary>Some more are in flight, to see whether they bring more.</summary>
        Trying,

        /// <summary>After rejections, back to where they began.</summary>
        Recovering,
    }

    /// <summary>How many requests may be in flight. Safe for reading at any time.</summary>
    public int Limit { get; private set; } = Math.Clamp(Start, min, max);

    /// <summary>Bytes arrived. Safe for several callers at once.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="waited">How long they were waited for, in units of the clock.</param>
    public void AddBytes(int bytes, long waited)
    {
        Interlocked.Add(ref _work, bytes);
        Interlocked.Add(ref _waited, waited);
    }

    /// <summary>A response began.</summary>
    public void AddResponse(RequestPurpose purpose, long latency)
    {
        _hasResponded = true;
        _responses++;
        Interlocked.Add(ref _work, BytesPerRequest);
        Interlocked.Add(ref _waited, latency);
        if (purpose == RequestPurpose.Metadata && _latencies.Count < MaxLatencies)
        {
            _latencies.Add(latency);
            _minLatency = Math.Min(_minLatency, latency);
        }
    }

    /// <summary>Whether the store's work is to be looked at, see <see cref="Advance"/>. Safe for several callers at once.</summary>
    public bool IsStepOver(long now) => now >= Volatile.Read(ref _stepEnds);

    /// <summary>Time passes with so many requests in flight. Called before their number changes, and whenever a response begins.</summary>
    public void Advance(int inFlight)
    {
        var now = time.GetTimestamp();
        _held += (double)inFlight * (now - _heldUntil);
        _heldUntil = now;
        if (inFlight > Limit && _drained != long.MinValue && time.GetElapsedTime(_decreased, now) < MaxDraining)
        {
            // Still those from before the decrease.
            _drained = now;
        }

        if (now >= _stepEnds)
        {
            EndStep(now);
        }
    }

    /// <summary>The store, or what is on the way to it, rejected a request.</summary>
    /// <param name="started">When the request was made: one from before the last decrease took effect says nothing about the number since.</param>
    /// <param name="inFlight">How many are in flight.</param>
    /// <param name="rejection">How it was rejected.</param>
    public void Reject(long started, int inFlight, Rejection rejection)
    {
        _rejections++;
        var isSporadic = rejection != Rejection.TooMany && (_rejections < MinRejections || _rejections < SporadicShare * _responses);
        var least = rejection == Rejection.NoResponse ? Math.Max(min, Start) : min;
        if (isSporadic || started < _drained || Limit <= least)
        {
            return;
        }

        // A store that responds to nobody rejects any number, and one that rejects few says little of many.
        if ((_hasResponded || _ceiling is null) && 2 * inFlight >= Limit)
        {
            _ceiling = inFlight;
        }

        _hasResponded = false;
        _decreased = _drained = time.GetTimestamp();
        Set(Math.Max(least, (int)(Limit * Decrease)), _ceiling is null ? Phase.Holding : Phase.Recovering, 1);
        BeginStep(_decreased);
    }

    // Long enough that most of the requests of a step are of its own.
    private long Step() => Math.Max((long)(MinStep.TotalSeconds * time.TimestampFrequency), MinLatency() is var least and < long.MaxValue ? 2 * least : 0);

    private long MinLatency() => Math.Min(_minLatency, _minLatencyBefore);

    private void EndStep(long now)
    {
        var elapsed = now - _stepBegan;
        var goodput = (double)Interlocked.Read(ref _work) / elapsed;
        // A step in which nothing came says nothing.
        var isSaturated = goodput > 0 && _held >= SaturatedShare * Limit * elapsed;
        var isStoreBound = Interlocked.Read(ref _waited) >= MinWaitShare * _held;
        var isSlow = IsSlow();
        BeginStep(now);
        if (_ceiling is not null && time.GetElapsedTime(_decreased, now) > CeilingLifetime)
        {
            _ceiling = null;
        }

        if (isSlow && Limit > Start)
        {
            Set(Math.Max(Start, (int)(Limit * Decrease)), Phase.Holding, MaxHold / 4);
        }
        else if (isSaturated)
        {
            EndStep(goodput, isStoreBound);
        }
        else if (_phase == Phase.Trying)
        {
            // Too little to do for a comparison.
            Set(_limitBefore, Phase.Holding, _hold);
        }
    }

    private void EndStep(double goodput, bool mayGrow)
    {
        _steps++;
        switch (_phase)
        {
            case Phase.Doubling when !mayGrow:
                // To be compared when the store is what is waited for.
                _limitBefore = 0;
                break;
            case Phase.Doubling when _limitBefore > 0 && goodput < MinGain * _goodputBefore:
                Set(_limitBefore, Phase.Holding, 1);
                break;
            case Phase.Doubling when Limit == max:
                Set(Limit, Phase.Holding, 1);
                break;
            case Phase.Doubling:
                (_goodputBefore, _limitBefore) = (goodput, Limit);
                Limit = Math.Min(2 * Limit, max);
                break;
            case Phase.Holding:
                _goodputBefore = _steps == 1 ? goodput : (_goodputBefore + goodput) / 2;
                if (_steps >= _hold && mayGrow && Limit < max)
                {
                    Try();
                }

                break;
            // The first step still has requests from before.
            case Phase.Trying when _steps == 2:
                EndTrial(goodput);
                break;
            case Phase.Recovering:
                Recover();
                break;
        }
    }

    private void Try()
    {
        _limitBefore = Limit;
        Limit = Math.Min(max, IsNearCeiling ? Limit + 1 : Limit + (int)Math.Ceiling(Math.Sqrt(Limit)));
        (_phase, _steps) = (Phase.Trying, 0);
    }

    private void EndTrial(double goodput)
    {
        if (IsNearCeiling)
        {
            // That none was rejected is what counts.
            Set(Limit, Phase.Holding, HoldBelowCeiling);
            return;
        }

        var share = (double)Limit / _limitBefore;
        if (goodput >= _goodputBefore * (1 + (MinShareOfGain * (share - 1))))
        {
            Set(Limit, Phase.Holding, 1);
        }
        else
        {
            Set(_limitBefore, Phase.Holding, Math.Min(2 * _hold, MaxHold));
        }
    }

    private bool IsNearCeiling => _ceiling is { } ceiling && Limit >= (int)(BelowCeiling * ceiling);

    private void Recover()
    {
        if (IsNearCeiling || _ceiling is null)
        {
            Set(Limit, Phase.Holding, HoldBelowCeiling);
            return;
        }

        Limit = Math.Min(max, Math.Min(Limit + (int)Math.Ceiling(Math.Sqrt(Limit)), Math.Max(Limit, (int)(BelowCeiling * _ceiling.Value))));
    }

    private void Set(int limit, Phase phase, int hold)
    {
        (Limit, _phase, _hold, _steps) = (Math.Clamp(limit, min, max), phase, hold, 0);
    }

    private bool IsSlow()
    {
        if (_latencies.Count < MinLatencies)
        {
            return false;
        }

        _latencies.Sort();
        var (median, least) = (_latencies[_latencies.Count / 2], MinLatency());
        return median > 2 * least && time.GetElapsedTime(least, median) > MinLatencyRise;
    }

    private void BeginStep(long now)
    {
        _stepBegan = now;
        Volatile.Write(ref _stepEnds, now + Step());
        _held = 0;
        (_responses, _rejections) = (0, 0);
        Interlocked.Exchange(ref _work, 0);
        Interlocked.Exchange(ref _waited, 0);
        _latencies.Clear();
        if (time.GetElapsedTime(_latencyWindowBegan, now) > LatencyWindow)
        {
            (_minLatencyBefore, _minLatency, _latencyWindowBegan) = (_minLatency, long.MaxValue, now);
        }
    }
}
