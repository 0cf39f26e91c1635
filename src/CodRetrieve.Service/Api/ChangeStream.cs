using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using CodRetrieve.Service.Security;

namespace CodRetrieve.Service.Api;

/// <summary>Follows something in the ledger as server-sent events, for as long as it is looked at and may be.</summary>
internal sealed class ChangeStream(StreamAccess access, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>The type of the events that say only that the stream is alive; their data is the default of its type.</summary>
    public const string Alive = "alive";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Proxies close connections on which nothing is sent, nginx after 60 s.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    // How long a credential that was revoked or has expired can go on looking.
    private static readonly TimeSpan AccessInterval = TimeSpan.FromSeconds(15);

    /// <summary>
    /// An event with what is read first, and one each time that what is read has changed. Ends when the service or the credential of the caller does, or with an event for which <paramref name="isLast"/> is true.
    /// </summary>
    /// <param name="context">The request of the caller.</param>
    /// <param name="type">The type of the events.</param>
    /// <param name="read">Reads what is followed.</param>
    /// <param name="isSame">Whether nothing has changed from one reading to the next.</param>
    /// <param name="isLast">Whether nothing follows.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<SseItem<T?>> FollowAsync<T>(
        HttpContext context, string type, Func<CancellationToken, Task<T>> read, Func<T, T, bool> isSame, Func<T, bool> isLast, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        using var timer = new PeriodicTimer(Interval, time);
        var (saidAt, checkedAt) = (time.GetTimestamp(), time.GetTimestamp());
        var last = await read(stop.Token);
        yield return new SseItem<T?>(last, type);
        while (!isLast(last) && await IsTickAsync(timer, stop.Token))
        {
            if (time.GetElapsedTime(checkedAt) >= AccessInterval)
            {
                checkedAt = time.GetTimestamp();
                if (!await access.IsAllowedAsync(context, stop.Token))
                {
                    yield break;
                }
            }

            var current = await read(stop.Token);
            if (!isSame(last, current))
            {
                (last, saidAt) = (current, time.GetTimestamp());
                yield return new SseItem<T?>(current, type);
            }
            else if (time.GetElapsedTime(saidAt) >= Silence)
            {
                saidAt = time.GetTimestamp();
                yield return new SseItem<T?>(default, Alive);
            }
        }
    }

    /// <summary>Asks proxies not to hold back what they pass on, as nginx does otherwise.</summary>
    public static void DoNotBuffer(HttpResponse response) => response.Headers["X-Accel-Buffering"] = "no";

    private static async ValueTask<bool> IsTickAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The caller has left, or the service ends.
            return false;
        }
    }
}
