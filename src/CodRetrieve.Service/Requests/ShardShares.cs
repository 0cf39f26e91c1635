namespace CodRetrieve.Service.Requests;

/// <summary>How a new request is cut into shards.</summary>
internal static class ShardShares
{
    // The first shards are half of a request together, and the rest evens out what takes longer than the others.
    private const int SharesPerWorker = 2;

    /// <summary>
    /// Returns into how many shares what is left of a request is divided, of which the next shard is one: the shards get smaller towards the end, so that all nodes are busy until
    /// then. 1 where there is nothing to divide: each shard is as large as is allowed.
    /// </summary>
    /// <param name="workersByNode">How many shards each node runs at the same time.</param>
    /// <param name="shardLimits">The numbers of shards at the same time that request, store and destination allow; <see langword="null"/> for no limit.</param>
    public static int Of(IReadOnlyCollection<int> workersByNode, params ReadOnlySpan<int?> shardLimits)
    {
        // One node has the same link and processors for one shard as for many.
        if (workersByNode.Count < 2)
        {
            return 1;
        }

        var workers = workersByNode.Sum();
        foreach (var limit in shardLimits)
        {
            workers = Math.Min(workers, limit ?? int.MaxValue);
        }

        return workers < 2 ? 1 : SharesPerWorker * workers;
    }
}
