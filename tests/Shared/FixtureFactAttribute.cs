namespace CodRetrieve.Tests.Support;

/// <summary>A test over the store that the COD writer wrote; skipped where that is not present.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FixtureFactAttribute : FactAttribute
{
    public FixtureFactAttribute()
    {
        Timeout = 60_000;
        Skip = SharedFixtures.Absence;
    }
}
