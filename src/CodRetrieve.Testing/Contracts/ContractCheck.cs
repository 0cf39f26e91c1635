using System.Globalization;

namespace CodRetrieve.Testing;

/// <summary>One thing that an implementation must keep, to be run by any test framework.</summary>
/// <typeparam name="TFixture">What the check needs of the implementation's tests.</typeparam>
/// <remarks>Immutable; checks may run at the same time on different fixtures.</remarks>
public sealed class ContractCheck<TFixture>
{
    private readonly Func<TFixture, CancellationToken, Task> _run;

    internal ContractCheck(string name, Func<TFixture, CancellationToken, Task> run) => (Name, _run) = (name, run);

    /// <summary>Gets what must be kept, as a sentence. No two checks of a contract have the same.</summary>
    public string Name { get; }

    /// <summary>Runs the check. It ends after a minute at the latest.</summary>
    /// <param name="fixture">The implementation, with what the check needs besides.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>A task that ends when the check has passed.</returns>
    /// <exception cref="ContractViolationException">The implementation does not keep it: the message says what it did, and what it must do.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task RunAsync(TFixture fixture, CancellationToken cancellationToken = default) => RunAsync(fixture, TimeSpan.FromMinutes(1), cancellationToken);

    /// <summary>Returns the name.</summary>
    /// <returns>The <see cref="Name"/>.</returns>
    public override string ToString() => Name;

    internal async Task RunAsync(TFixture fixture, TimeSpan limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fixture);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // On the thread pool, so that a call which blocks its thread is noticed, too.
        var running = Task.Run(() => _run(fixture, stop.Token), cancellationToken);
        try
        {
            await running.WaitAsync(limit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e) when (!running.IsCompleted)
        {
            throw new ContractViolationException(
                string.Create(CultureInfo.InvariantCulture, $"{Name}: a call did not end within {limit.TotalSeconds:0.###} s. Each must end by itself, and soon after it was cancelled."), e);
        }
#pragma warning disable CA1031 // Whatever an implementation throws where it must not, is what the violation is.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            throw new ContractViolationException(e is ContractViolationException ? $"{Name}: {e.Message}" : $"{Name}: {e.GetType().Name} was thrown, where nothing may be: {e.Message}", e);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }
}
