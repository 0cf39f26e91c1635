namespace CodRetrieve.Tests.Leaks;

/// <summary>The last test: looks back at all others.</summary>
[Collection(LastCollection.Name)]
public sealed class SuiteLeakTests
{
    [Fact]
    public void Nothing_sensitive_was_logged_thrown_or_raised_in_the_whole_suite()
    {
        var sightings = LeakWatch.Suite.Sightings;
        Assert.True(sightings.Count == 0, $"{sightings.Count} sightings in {LeakWatch.Suite.Looked} texts:\n\n{string.Join("\n\n", sightings)}");
    }
}
