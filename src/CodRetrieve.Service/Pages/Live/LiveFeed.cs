using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;
using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Pages.Live;

/// <summary>
/// Says when there is something new to show. It says that, and not what: the page that is fetched then is the one that is shown without scripts, too. However many pages are open,
/// the ledger is asked for the state of all requests once in an interval.
/// </summary>
internal sealed class LiveFeed(LedgerStore ledger, RequestService requests, TimeProvider time, IHostApplicationLifetime lifetime)
{
    public const string Changed = "changed";
    private const string Alive = "alive";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Proxies close connections on which nothing is sent.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    // The browser connects again, so that whoever may no longer look is found out.
    private static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private LiveStamp _stamp;
    private long _readAt;

    /// <summary>An event each time any request changes.</summary>
    public IAsyncEnumerable<SseItem<string>> OfAllAsync(CancellationToken cancellationToken) => WatchAsync(ReadStampAsync, cancellationToken);

    /// <summary>An event each time one request changes.</summary>
    public IAsyncEnumerable<SseItem<string>> OfAsync(long id, Caller caller, CancellationToken cancellationToken) =>
        WatchAsync(async token => await requests.GetAsync(id, caller, token) with { Selection = null, EstimatedEnd = null }, cancellationToken);

    private async IAsyncEnumerable<SseItem<string>> WatchAsync<T>(Func<CancellationToken, Task<T>> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        using var timer = new PeriodicTimer(Interval, time);
        var began = time.GetTimestamp();
        var said = began;

        // The page may be older than the stream.
        var last = await read(stop.Token);
        yield return new SseItem<string>("", Changed);
        while (time.GetElapsedTime(began) < MaxDuration && await IsTickAsync(timer, stop.Token))
        {
            var current = await read(stop.Token);
            if (!EqualityComparer<T>.Default.Equals(current, last))
            {
                last = current;
                said = time.GetTimestamp();
                yield return new SseItem<string>("", Changed);
            }
            else if (time.GetElapsedTime(said) >= Silence)
            {
                said = time.GetTimestamp();
                yield return new SseItem<string>("", Alive);
            }
        }
    }

    private static async ValueTask<bool> IsTickAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The browser has left, or the service ends.
            return false;
        }
    }

    private async Task<LiveStamp> ReadStampAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_readAt == 0 || time.GetElapsedTime(_readAt) >= Interval / 2)
            {
                _stamp = await ledger.ReadAsync(ReadStampAsync, cancellationToken);
                _readAt = time.GetTimestamp();
            }

            return _stamp;
        }
        finally
        {
            _reading.Release();
        }
    }

    private static async Task<LiveStamp> ReadStampAsync(LedgerContext context, CancellationToken cancellationToken)
    {
        var active = await context.Requests.AsNoTracking()
            .Where(request => request.State == RequestState.Waiting || request.State == RequestState.Running || request.State == RequestState.Paused)
            .GroupBy(_ => 1).Select(group => new { Count = group.Count(), Decided = group.Sum(request => (long)request.StudiesSaved + request.StudiesFailed) })
            .SingleOrDefaultAsync(cancellationToken);
        var running = await context.Shards.AsNoTracking().Where(shard => shard.State == ShardState.Running)
            .GroupBy(_ => 1).Select(group => new { Count = group.Count(), Bytes = group.Sum(shard => shard.RunBytesReceived) })
            .SingleOrDefaultAsync(cancellationToken);
        var audit = await context.Audit.AsNoTracking().MaxAsync(entry => (long?)entry.Id, cancellationToken);
        return new LiveStamp(active?.Count ?? 0, active?.Decided ?? 0, audit ?? 0, running?.Count ?? 0, running?.Bytes ?? 0);
    }
}
