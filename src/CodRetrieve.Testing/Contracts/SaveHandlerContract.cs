using CodRetrieve.Saving;
using CodRetrieve.Testing.Contracts;

namespace CodRetrieve.Testing;

/// <summary>What every <see cref="ISaveHandler"/> keeps, as checks that any test framework can run.</summary>
public static class SaveHandlerContract
{
    /// <summary>Gets the checks, in an order that does not change.</summary>
    public static IReadOnlyList<ContractCheck<ISaveHandlerFixture>> Checks { get; } =
    [
        .. SavingChecks.All.Concat(FailedContentChecks.All).Select(static check => new ContractCheck<ISaveHandlerFixture>(
            check.Name,
            async (fixture, cancellationToken) =>
            {
                var probe = new HandlerProbe(fixture, cancellationToken);
                await probe.OpenAsync().ConfigureAwait(false);
                try
                {
                    await check.RunAsync(probe).ConfigureAwait(false);
                }
                finally
                {
                    await probe.CloseAsync().ConfigureAwait(false);
                }
            })),
    ];
}
