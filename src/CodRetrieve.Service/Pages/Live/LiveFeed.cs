using System.Net.ServerSentEvents;
using CodRetrieve.Service.Api;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;
using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Pages.Live;

/// <summary>
/// Says when there is something new to show. It says that, and not what: the page that is fetched then is the one that is shown without scripts, too. However many pages are open,
/// the ledger is asked for the state of all requests once in an interval.
/// </summary>
internal sealed class LiveFeed(LedgerStore ledger, RequestService requests, ChangeStream changes, TimeProvider time)
{
    public const string Changed = "changed";

    // However many pages are open, what they show is at most this old.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(0.5);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private LiveStamp _stamp;
    private long _readAt;

    /// <summary>An event each time any request changes.</summary>
    public IAsyncEnumerable<SseItem<string>> OfAllAsync(HttpContext context) => WithoutData(
        changes.FollowAsync(context, Changed, ReadStampAsync, static (last, now) => last == now, static _ => false, context.RequestAborted));

    /// <summary>An event each time one request changes.</summary>
    public IAsyncEnumerable<SseItem<string>> OfAsync(long id, Caller caller, HttpContext context) => WithoutData(
        changes.FollowAsync(context, Changed, token => requests.GetAsync(id, caller, token), static (last, now) => last.IsSameAs(now), static _ => false, context.RequestAborted));

    private static async IAsyncEnumerable<SseItem<string>> WithoutData<T>(IAsyncEnumerable<SseItem<T>> events)
    {
        await foreach (var item in events)
        {
            yield return new SseItem<string>("", item.EventType);
        }
    }

    private async Task<LiveStamp> ReadStampAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_readAt == 0 || time.GetElapsedTime(_readAt) >= MaxAge)
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
