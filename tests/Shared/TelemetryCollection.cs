namespace CodRetrieve.Tests.Support;

/// <summary>Tests that listen to the whole process: they run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TelemetryCollection
{
    public const string Name = "Telemetry";
}
