using CodRetrieve.Storage;
using CodRetrieve.Testing.Contracts;

namespace CodRetrieve.Testing;

/// <summary>What every <see cref="IObjectStore"/> keeps, as checks that any test framework can run.</summary>
public static class ObjectStoreContract
{
    private static readonly IReadOnlyList<(ObjectStoreCapabilities Needs, ContractCheck<IObjectStoreFixture> Check)> All =
        [.. ListingChecks.All.Concat(ReadingChecks.All).Concat(ProtocolChecks.All).Select(static (check, i) => (check.Needs, Check(check, i)))];

    /// <summary>Gets all checks, for a store that has everything.</summary>
    public static IReadOnlyList<ContractCheck<IObjectStoreFixture>> Checks { get; } = ChecksFor(ObjectStoreCapabilities.All);

    /// <summary>Returns the checks that apply to a store.</summary>
    /// <param name="capabilities">What the store has.</param>
    /// <returns>The checks, in an order that does not change.</returns>
    public static IReadOnlyList<ContractCheck<IObjectStoreFixture>> ChecksFor(ObjectStoreCapabilities capabilities) =>
        [.. All.Where(one => (one.Needs & ~capabilities) == 0).Select(static one => one.Check)];

    private static ContractCheck<IObjectStoreFixture> Check(StoreCheck check, int number) =>
        new(check.Name, (fixture, cancellationToken) => check.RunAsync(new StoreProbe(fixture, $"codretrieve-contract/{number}/", cancellationToken)));
}
