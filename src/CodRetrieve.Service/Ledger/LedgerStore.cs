using Polly;
using Polly.Retry;

namespace CodRetrieve.Service.Ledger;

/// <summary>Runs queries and transactions on the ledger, again where the database says that this may help: it restarts, or the connection broke.</summary>
internal sealed class LedgerStore
{
    /// <summary>When to try again what failed since the ledger cannot be used, as HTTP says it.</summary>
    public const string RetryAfterSeconds = "30";

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
        await _pipeline.ExecuteAsync(async token => await OnceAsync(read, token), cancellationToken);

    /// <summary>
    /// Runs a transaction. It may be run again although the first one was committed, where the confirmation was lost: what it changes depends on what it finds.
    /// </summary>
    public async Task<T> WriteAsync<T>(Func<LedgerContext, CancellationToken, Task<T>> write, CancellationToken cancellationToken) =>
        await _pipeline.ExecuteAsync(async token => await WriteOnceAsync(write, token), cancellationToken);

    /// <summary>Runs a transaction once, without trying again.</summary>
    public Task<T> WriteOnceAsync<T>(Func<LedgerContext, CancellationToken, Task<T>> write, CancellationToken cancellationToken) => OnceAsync(
        async (ledger, token) =>
        {
            await using var transaction = await ledger.Database.BeginTransactionAsync(token);
            var result = await write(ledger, token);
            await transaction.CommitAsync(token);
            return result;
        },
        cancellationToken);

    /// <summary>
    /// Runs one statement once, without a transaction around it and without trying again. When it is cancelled, it ends at once, and the database may execute it still.
    /// </summary>
    public async Task<T> OnceAsync<T>(Func<LedgerContext, CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        // A driver that is cancelled asks the database to end the statement, and blocks the thread that cancels until it has responded (npgsql/npgsql issue 3277). On a
        // link that swallows everything that takes as long as connecting may, and whoever waits for the statement, or cancels it, must not wait for that.
        var driver = new CancellationTokenSource();
        await using var registration = cancellationToken.UnsafeRegister(static source => _ = ((CancellationTokenSource)source!).CancelAsync(), driver);
        return await RunAsync(run, driver.Token).WaitAsync(cancellationToken);
    }

    /// <summary>Opens the ledger for a query whose rows are handed on while they are read.</summary>
    public LedgerContext Open() => _factory.Create();

    /// <summary>Says in words of our own why the ledger cannot be used: what a driver says may hold its address.</summary>
    public string Describe(Exception exception) => FaultOf(exception) switch
    {
        LedgerFault.Full => "the disk of the database is full",
        LedgerFault.ReadOnly => "the database is read-only",
        LedgerFault.Unreachable => "the database does not respond",
        LedgerFault.Outdated => "the database lacks the schema of this version; run the command migrate",
        _ => exception.GetType().Name,
    };

    /// <summary>Why the ledger cannot be used, as an error says.</summary>
    public LedgerFault FaultOf(Exception exception)
    {
        using var ledger = _factory.Create();
        return exception is OperationCanceledException ? LedgerFault.Unreachable : ledger.FaultOf(exception);
    }

    /// <summary>Whether the database may do the same thing well when it is tried again.</summary>
    public bool IsTransient(Exception exception)
    {
        using var ledger = _factory.Create();
        return ledger.IsTransient(exception);
    }

    private async Task<T> RunAsync<T>(Func<LedgerContext, CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        await using var ledger = _factory.Create();
        return await run(ledger, cancellationToken);
    }
}
