namespace CodRetrieve.Service.Tests.Support;

/// <summary>A test with a real PostgreSQL; skipped where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.Programs is null ? "PostgreSQL is not installed: apt-get install postgresql." : null;
}
