using System.Runtime.CompilerServices;
using CodRetrieve.Service.Requests;

namespace CodRetrieve.Service.Tests.Support;

/// <summary>What becomes of a request, without a connection in between.</summary>
internal static class RequestWatch
{
    /// <summary>Returns a request each time it has changed, until it has ended.</summary>
    public static async IAsyncEnumerable<RequestDetails> WatchAsync(
        this RequestService requests, long id, Caller caller, TimeSpan interval, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RequestDetails? last = null;
        while (true)
        {
            var current = await requests.GetAsync(id, caller, cancellationToken);
            if (last?.IsSameAs(current) != true)
            {
                yield return current;
                last = current;
            }

            if (current.IsEnded && current.ShardsRunning == 0)
            {
                yield break;
            }

            await Task.Delay(interval, cancellationToken);
        }
    }
}
