using System.Threading.Channels;

namespace CodRetrieve.Service.Running;

/// <summary>Records what became of studies in batches, in the background, so that a run does not wait for the ledger after each study.</summary>
internal sealed class OutcomeRecorder(ShardLedger ledger, ClaimedShard shard, TimeProvider time, ILogger logger, CancellationToken ended)
{
    private const int MaxBatch = 64;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    // Bounded: a ledger that does not respond holds the run up instead of filling memory.
    private readonly Channel<StudyOutcome> _outcomes = Channel.CreateBounded<StudyOutcome>(new BoundedChannelOptions(4 * MaxBatch) { SingleReader = true });

    public ValueTask AddAsync(StudyOutcome outcome, CancellationToken cancellationToken) => _outcomes.Writer.WriteAsync(outcome, cancellationToken);

    public void Complete() => _outcomes.Writer.TryComplete();

    /// <summary>Records until <see cref="Complete"/>.</summary>
    /// <returns>What was not recorded: the shard was lost, or the ledger does not respond.</returns>
    public async Task<IReadOnlyList<StudyOutcome>> RunAsync()
    {
        var batch = new List<StudyOutcome>(MaxBatch);
        try
        {
            while (await _outcomes.Reader.WaitToReadAsync(ended))
            {
                while (batch.Count < MaxBatch && _outcomes.Reader.TryRead(out var outcome))
                {
                    batch.Add(outcome);
                }

                if (!await RecordAsync(batch))
                {
                    break;
                }

                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The end of the run records the rest, if the lease allows it.
        }
        finally
        {
            _outcomes.Writer.TryComplete();
            while (_outcomes.Reader.TryRead(out var outcome))
            {
                batch.Add(outcome);
            }
        }

        return batch;
    }

    // While the ledger does not respond, the lease decides how long that is waited out.
    private async Task<bool> RecordAsync(List<StudyOutcome> batch)
    {
        while (true)
        {
            try
            {
                return await ledger.RecordAsync(shard, batch, ended);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogRecordFailed(shard.Id, ledger.Describe(e));
                await Task.Delay(RetryDelay, time, ended);
            }
        }
    }
}
