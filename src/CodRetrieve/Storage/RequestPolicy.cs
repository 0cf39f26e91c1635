using CodRetrieve.Diagnostics;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace CodRetrieve.Storage;

/// <summary>How often, how long, how fast and with which clock the requests of one job are tried.</summary>
internal sealed class RequestPolicy
{
    public RequestPolicy(CodDownloadOptions options, ILogger logger)
    {
        MaxRetryAttempts = options.MaxRetryAttempts;
        IdleTimeout = options.IdleTimeout;
        Time = options.TimeProvider;
        Bandwidth = options.MaxBytesPerSecond is { } limit ? new BandwidthLimit(limit, options.TimeProvider) : null;
        Retry = BuildRetry(options, logger);
    }

    public int MaxRetryAttempts { get; }

    public TimeSpan IdleTimeout { get; }

    public TimeProvider Time { get; }

    public ResiliencePipeline Retry { get; }

    /// <summary>The rate that the bodies of all requests keep together; <see langword="null"/> for none.</summary>
    public BandwidthLimit? Bandwidth { get; }

    private static ResiliencePipeline BuildRetry(CodDownloadOptions options, ILogger logger)
    {
        if (options.MaxRetryAttempts == 0)
        {
            return ResiliencePipeline.Empty;
        }

        return new ResiliencePipelineBuilder { TimeProvider = options.TimeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<ObjectStoreException>(static e => e.IsTransient),
                MaxRetryAttempts = options.MaxRetryAttempts,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
                DelayGenerator = args => ValueTask.FromResult(Wanted(args.Outcome.Exception, options.MaxRetryDelay)),
                OnRetry = args =>
                {
                    CodMeter.RequestRetried((args.Outcome.Exception as ObjectStoreException)?.Reason);
                    Log.RequestRetried(logger, args.AttemptNumber + 1, args.RetryDelay, args.Outcome.Exception?.Message);
                    return default;
                },
            })
            .Build();
    }

    // What the store asks for is honoured up to the bound that keeps a wrong header from stopping a job for a day.
    private static TimeSpan? Wanted(Exception? exception, TimeSpan bound) =>
        exception is ObjectStoreException { RetryAfter: { } wait } ? (wait < bound ? wait : bound) : null;
}
