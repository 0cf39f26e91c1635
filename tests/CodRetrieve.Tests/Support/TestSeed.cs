using System.Globalization;
using Xunit.Abstractions;

namespace CodRetrieve.Tests.Support;

/// <summary>The seed of a test's random numbers: another in each run, printed, and repeated with COD_SEED in the environment.</summary>
public static class TestSeed
{
    public static int Next(ITestOutputHelper output)
    {
        var seed = Environment.GetEnvironmentVariable("COD_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next(1_000_000_000);
        output.WriteLine($"COD_SEED={seed}");
        return seed;
    }
}
