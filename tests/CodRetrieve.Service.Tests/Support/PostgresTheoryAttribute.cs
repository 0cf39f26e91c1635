namespace CodRetrieve.Service.Tests.Support;

/// <summary>Cases of a test with a real PostgreSQL; skipped where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = new PostgresFactAttribute().Skip;
}
