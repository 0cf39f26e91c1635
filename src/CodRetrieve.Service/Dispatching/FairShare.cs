using CodRetrieve.Service.Configuration;

namespace CodRetrieve.Service.Dispatching;

/// <summary>
/// Which requests get the next shards: of those with the highest priority always the one that has the fewest in hand, so that a small request gets its turn
/// beside a huge one; within the limits of requests, stores and destinations.
/// </summary>
internal sealed class FairShare
{
    private readonly ServiceOptions _options;
    private readonly TimeOnly _now;
    private readonly Dictionary<long, int> _byRequest = [];
    private readonly Dictionary<string, int> _byStore = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _byDestination = new(StringComparer.OrdinalIgnoreCase);

    public FairShare(ServiceOptions options, IEnumerable<ShardsInHand> inHand, TimeOnly now)
    {
        (_options, _now) = (options, now);
        foreach (var shards in inHand)
        {
            Add(shards.RequestId, shards.Store, shards.Destination, shards.Count);
        }
    }

    /// <summary>Returns how many shards each request gets, of a number that can be enqueued.</summary>
    /// <param name="candidates">The requests of which shards wait.</param>
    /// <param name="count">The shards that can be enqueued.</param>
    public IReadOnlyDictionary<long, int> Divide(IReadOnlyList<Candidate> candidates, int count)
    {
        var shares = new Dictionary<long, int>();
        var open = candidates.Where(IsAwake).ToList();
        while (count > 0)
        {
            var next = open.Where(candidate => shares.GetValueOrDefault(candidate.Id) < candidate.Waiting && IsWithinLimits(candidate))
                .OrderByDescending(static candidate => candidate.Priority).ThenBy(candidate => _byRequest.GetValueOrDefault(candidate.Id)).ThenBy(static candidate => candidate.Id)
                .FirstOrDefault();
            if (next is null)
            {
                break;
            }

            shares[next.Id] = shares.GetValueOrDefault(next.Id) + 1;
            Add(next.Id, next.Store, next.Destination, 1);
            count--;
        }

        return shares;
    }

    private bool IsAwake(Candidate candidate) =>
        !QuietHours.Parse(_options.Stores.GetValueOrDefault(candidate.Store)?.QuietHours ?? []).Contains(_now)
        && !QuietHours.Parse(_options.Destinations.GetValueOrDefault(candidate.Destination)?.QuietHours ?? []).Contains(_now);

    private bool IsWithinLimits(Candidate candidate) =>
        _byRequest.GetValueOrDefault(candidate.Id) < Math.Min(candidate.MaxShards ?? int.MaxValue, _options.Limits.ShardsPerRequest)
        && _byStore.GetValueOrDefault(candidate.Store) < (_options.Stores.GetValueOrDefault(candidate.Store)?.MaxShards ?? int.MaxValue)
        && _byDestination.GetValueOrDefault(candidate.Destination) < (_options.Destinations.GetValueOrDefault(candidate.Destination)?.MaxShards ?? int.MaxValue);

    private void Add(long request, string store, string destination, int count)
    {
        _byRequest[request] = _byRequest.GetValueOrDefault(request) + count;
        _byStore[store] = _byStore.GetValueOrDefault(store) + count;
        _byDestination[destination] = _byDestination.GetValueOrDefault(destination) + count;
    }
}
