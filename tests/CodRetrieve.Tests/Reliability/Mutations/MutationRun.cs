using CodRetrieve.Tests.Support;
using Xunit.Abstractions;

namespace CodRetrieve.Tests.Reliability.Mutations;

/// <summary>Runs a check for many mutations. Each has its own seed, so that a failure can be repeated alone: COD_SEED and the number printed.</summary>
internal sealed class MutationRun(ITestOutputHelper output)
{
    public const long MaxAllocatedBytes = 256L * 1024 * 1024;

    // Far beyond what one takes on a busy machine, too: it tells a hang, and is no measure.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    /// <param name="count">How many mutations.</param>
    /// <param name="check">Makes one mutation by the given generator and judges it. Anything it throws is a failure.</param>
    /// <returns>How many had each of the outcomes that the check gives.</returns>
    public async Task RunAsync(int count, Func<Mutator, Random, Task<string>> check)
    {
        var seed = TestSeed.Next(output);
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var mostAllocated = 0L;
        for (var i = 0; i < count; i++)
        {
            var random = new Random(unchecked(seed + (i * 7919)));
            try
            {
                var before = GC.GetTotalAllocatedBytes();
                var outcome = await Task.Run(() => check(new Mutator(random), random)).WaitAsync(TimeLimit);
                var allocated = GC.GetTotalAllocatedBytes() - before;
                mostAllocated = Math.Max(mostAllocated, allocated);
                Assert.InRange(allocated, 0, MaxAllocatedBytes);
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Mutation {i} of COD_SEED={seed} went wrong: {e.Message}", e);
            }
        }

        output.WriteLine($"{count} mutations, at most {mostAllocated:N0} bytes allocated for one: " + string.Join(", ", outcomes.Select(pair => $"{pair.Value} {pair.Key}")));
    }
}
