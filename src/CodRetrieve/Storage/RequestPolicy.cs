using CodRetrieve.Diagnostics;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace CodRetrieve.Storage;

/// <summary>How often, how long, how fast and with which clock the requests of one job are tried.</summary>
internal sealed class RequestPolicy
{
    private static readonly ResiliencePropertyKey<RetryState> State = new("CodRetrieve.RetryState");

    private readonly ResiliencePipeline _retry;
    private readonly TimeSpan _maxOutage;

    public RequestPolicy(CodDownloadOptions options, ILogger logger)
    {
        MaxRetryAttempts = options.MaxRetryAttempts;
        Limits = ReadLimits.Of(options);
        Time = options.TimeProvider;
        Bandwidth = options.MaxBytesPerSecond is { } limit ? [.. options.SharedLimits, new BandwidthLimit(limit, options.TimeProvider)] : options.SharedLimits;
        _maxOutage = options.MaxOutage;
        _retry = BuildRetry(options, logger);
    }

    public int MaxRetryAttempts { get; }

    /// <summary>How slowly a body may come.</summary>
    public ReadLimits Limits { get; }

    public TimeProvider Time { get; }

    /// <summary>The rates that the bodies of all requests keep together; empty for none.</summary>
    public IReadOnlyList<BandwidthLimit> Bandwidth { get; }

    /// <summary>Tries a request until it succeeds, fails for good, or is not worth another attempt.</summary>
    /// <param name="permit">What the request is made with.</param>
    /// <param name="outage">Notes whether the store fails altogether.</param>
    /// <param name="request">Makes one attempt.</param>
    /// <param name="cancellationToken">Ends the attempt or the wait before it.</param>
    public async ValueTask<T> ExecuteAsync<T>(
        RequestPermit permit, OutageDetector outage, Func<CancellationToken, ValueTask<T>> request, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(State, new RetryState(permit, outage, MaxRetryAttempts, _maxOutage));
        try
        {
            return await _retry.ExecuteAsync(static (context, request) => request(context.CancellationToken), context, request).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ResiliencePipeline BuildRetry(CodDownloadOptions options, ILogger logger) =>
        new ResiliencePipelineBuilder { TimeProvider = options.TimeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = static args => ValueTask.FromResult(
                    args.Outcome.Exception is ObjectStoreException { IsTransient: true } failure && StateOf(args.Context).IsWorthAnother(failure)),
                // Bounded by the state of each request.
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
                DelayGenerator = args => ValueTask.FromResult(Wanted(args.Outcome.Exception, options.MaxRetryDelay, StateOf(args.Context).OutageLeft)),
                OnRetry = args =>
                {
                    CodMeter.RequestRetried((args.Outcome.Exception as ObjectStoreException)?.Reason);
                    Log.RequestRetried(logger, args.AttemptNumber + 1, args.RetryDelay, args.Outcome.Exception?.Message);
                    return default;
                },
            })
            .Build();

    private static RetryState StateOf(ResilienceContext context) =>
        context.Properties.TryGetValue(State, out var state) ? state : throw new InvalidOperationException("A request is made without a state.");

    // What the store asks for is honoured up to the bounds that keep a wrong header from stopping a job for a day.
    private static TimeSpan? Wanted(Exception? exception, TimeSpan maxDelay, TimeSpan outageLeft)
    {
        if (exception is not ObjectStoreException { RetryAfter: { } wait })
        {
            return null;
        }

        var bound = maxDelay > outageLeft ? maxDelay : outageLeft;
        return wait < bound ? wait : bound;
    }
}
