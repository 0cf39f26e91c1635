namespace CodRetrieve.Service.Tests.Support;

/// <summary>A test with a disk that becomes full; skipped where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute(bool needsPostgres = false) => Skip = needsPostgres && PostgresServer.Programs is null ? "PostgreSQL is not installed: apt-get install postgresql." : SmallDisk.Absence;
}
