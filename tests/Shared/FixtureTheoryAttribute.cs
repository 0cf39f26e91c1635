namespace CodRetrieve.Tests.Support;

/// <summary>A test with several cases over the store that the COD writer wrote; skipped where that is not present.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FixtureTheoryAttribute : TheoryAttribute
{
    public FixtureTheoryAttribute()
    {
        Timeout = 60_000;
        Skip = SharedFixtures.Absence;
    }
}
