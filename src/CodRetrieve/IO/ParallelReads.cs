namespace CodRetrieve.IO;

/// <summary>Reads files side by side, on as many threads as there are processors.</summary>
internal static class ParallelReads
{
    /// <summary>Calls an action for each number below a count, each call in a place that is shared with others.</summary>
    /// <param name="readers">The places.</param>
    /// <param name="count">The count.</param>
    /// <param name="read">The action, which blocks while it reads.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static Task ForEachAsync(this SemaphoreSlim readers, int count, Action<int> read, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            options,
            async (i, ct) =>
            {
                await readers.WaitAsync(ct).ConfigureAwait(false);
                try
                {
                    read(i);
                }
                finally
                {
                    readers.Release();
                }
            });
    }
}
