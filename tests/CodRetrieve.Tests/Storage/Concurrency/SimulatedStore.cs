using CodRetrieve.Storage;

namespace CodRetrieve.Tests.Storage.Concurrency;

/// <summary>
/// A store behind a link, simulated millisecond by millisecond on a clock of its own, and a job that always has another request to make: as many are in flight as the
/// controller allows.
/// </summary>
internal sealed class SimulatedStore : TimeProvider
{
    private const double Milliseconds = 1;

    private readonly Random _random = new(Seed: 1);
    private readonly List<Request> _requests = [];
    private long _now;
    private int _responses;

    public SimulatedStore(int min = 1, int max = 64) => Controller = new ConcurrencyController(min, max, this);

    public ConcurrencyController Controller { get; }

    /// <summary>From a request to its first byte, in milliseconds.</summary>
    public double Latency { get; set; } = 70;

    public int BodyBytes { get; set; } = 250_000;

    public double BytesPerSecond { get; set; } = 125e6;

    public double BytesPerSecondPerConnection { get; set; } = 50e6;

    /// <summary>How many requests the store works on at a time; the others wait.</summary>
    public int Workers { get; set; } = int.MaxValue;

    /// <summary>How many requests it takes before it rejects others.</summary>
    public int MaxRequests { get; set; } = int.MaxValue;

    /// <summary>How it rejects them.</summary>
    public Rejection Rejects { get; set; } = Rejection.TooMany;

    /// <summary>How many bytes per second the destination takes of each request.</summary>
    public double SavedBytesPerSecond { get; set; } = double.PositiveInfinity;

    /// <summary>Which of the requests fail with "service unavailable" whatever their number: one of so many.</summary>
    public int Sporadic { get; set; } = int.MaxValue;

    public int Rejections { get; private set; }

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => _now;

    /// <summary>Lets time pass.</summary>
    /// <returns>The bytes that were saved per second.</returns>
    public double Run(double seconds)
    {
        var saved = 0L;
        for (var end = _now + (long)(seconds * 1000); _now < end; _now++)
        {
            saved += Step();
        }

        return saved / seconds;
    }

    private long Step()
    {
        while (_requests.Count < Controller.Limit)
        {
            Controller.Advance(_requests.Count);
            _requests.Add(Begin());
        }

        foreach (var rejected in _requests.Where(request => request.IsRejected && request.LatencyLeft <= 0))
        {
            Rejections++;
            Controller.Advance(_requests.Count);
            Controller.Reject(rejected.Begun, _requests.Count, MaxRequests > 0 ? Rejects : Rejection.Unavailable);
            // Tried again, as a request is: after a while, in its place.
            rejected.Restart(_now, Latency + (250 + (_random.NextDouble() * 500)), IsFull);
        }

        var working = _requests.Where(request => !request.IsRejected).Take(Workers).ToList();
        foreach (var request in working.Where(request => !request.HasResponded))
        {
            request.LatencyLeft -= Milliseconds;
            if (request.LatencyLeft <= 0 && ++_responses % Sporadic == 0)
            {
                Controller.Reject(request.Begun, _requests.Count, Rejection.Unavailable);
                request.LatencyLeft = Latency;
            }
            else if (request.LatencyLeft <= 0)
            {
                request.HasResponded = true;
                Controller.AddResponse(RequestPurpose.Metadata, _now - request.Begun);
                Controller.Advance(_requests.Count);
            }
        }

        foreach (var request in _requests.Where(request => request.IsRejected))
        {
            request.LatencyLeft -= Milliseconds;
        }

        var receiving = working.Where(request => request.HasResponded && request.BytesLeft > 0).ToList();
        var rate = Math.Min(BytesPerSecondPerConnection, BytesPerSecond / Math.Max(1, receiving.Count)) / 1000;
        foreach (var request in receiving)
        {
            Controller.AddBytes((int)rate, 1);
            request.BytesLeft -= rate;
            request.SavingLeft = BodyBytes / SavedBytesPerSecond * 1000;
        }

        var saved = 0L;
        foreach (var ended in _requests.Where(request => request.HasResponded && request.BytesLeft <= 0).ToList())
        {
            ended.SavingLeft -= Milliseconds;
            if (ended.SavingLeft <= 0)
            {
                Controller.Advance(_requests.Count);
                _requests.Remove(ended);
                saved += BodyBytes;
            }
        }

        return saved;
    }

    private bool IsFull => _requests.Count(request => !request.IsRejected) >= MaxRequests;

    // Spread a little, as requests are.
    private Request Begin() => new(BodyBytes) { Begun = _now, LatencyLeft = Latency * (0.9 + (0.2 * _random.NextDouble())), IsRejected = IsFull };

    private sealed class Request(double bytes)
    {
        public long Begun { get; set; }

        public double LatencyLeft { get; set; }

        public bool IsRejected { get; set; }

        public bool HasResponded { get; set; }

        public double BytesLeft { get; set; } = bytes;

        public double SavingLeft { get; set; }

        public void Restart(long now, double latency, bool isRejected) => (Begun, LatencyLeft, IsRejected) = (now, latency, isRejected);
    }
}
