using Microsoft.EntityFrameworkCore;
using Polly;
using Polly.Retry;

namespace CodRetrieve.Service.Ledger;

/// <summary>Runs queries and transactions on the ledger, again where the database says that this may help: it restarts, or the connection broke.</summary>
internal sealed class LedgerStore
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(3);
    private const int Attempts = 8;

    private readonly ILedgerFactory _factory;
    private readonly ResiliencePipeline _pipeline;

    public LedgerStore(ILedgerFactory factory, TimeProvider time)
    {
        _factory = factory;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = Attempts,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstDelay,
                MaxDelay = MaxDelay,
                ShouldHandle = new PredicateBuilder().Handle<Exception>(IsTransient),
            })
            .Build();
    }

    /// <summary>Runs a query.</summary>
    public async Task<T> ReadAsync<T>(Func<LedgerContext, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        await _pipeline.ExecuteAsync(
            async token =>
            {
                await using var ledger = _factory.Create();
                return await read(ledger, token);
            },
            cancellationToken);

    /// <summary>
    /// Runs a transaction. It may be run again although the first one was committed, where the confirmation was lost: what it changes depends on what it finds.
    /// </summary>
    public async Task<T> WriteAsync<T>(Func<LedgerContext, CancellationToken, Task<T>> write, CancellationToken cancellationToken) =>
        await _pipeline.ExecuteAsync(
            async token =>
            {
                await using var ledger = _factory.Create();
                await using var transaction = await ledger.Database.BeginTransactionAsync(token);
                var result = await write(ledger, token);
                await transaction.CommitAsync(token);
                return result;
            },
            cancellationToken);

    /// <summary>Runs one statement once, without a transaction around it and without trying again.</summary>
    public async Task<T> OnceAsync<T>(Func<LedgerContext, CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        await using var ledger = _factory.Create();
        return await run(ledger, cancellationToken);
    }

    /// <summary>Opens the ledger for a query whose rows are handed on while they are read.</summary>
    public LedgerContext Open() => _factory.Create();

    /// <summary>Whether the database may do the same thing well when it is tried again.</summary>
    public bool IsTransient(Exception exception)
    {
        using var ledger = _factory.Create();
        return ledger.IsTransient(exception);
    }
}
