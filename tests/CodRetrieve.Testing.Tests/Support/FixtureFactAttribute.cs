namespace CodRetrieve.Testing.Tests;

/// <summary>A fact about the writer's fixtures; skipped where they are not at hand.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FixtureFactAttribute : FactAttribute
{
    public FixtureFactAttribute()
    {
        if (Fixtures.Directory is null)
        {
            Skip = "There is no shared/fixtures/manifest.json above the test's directory.";
        }
    }
}
