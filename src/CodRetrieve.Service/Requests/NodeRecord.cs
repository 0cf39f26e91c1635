namespace CodRetrieve.Service.Requests;

/// <summary>A node and the shards whose leases it has.</summary>
internal sealed record NodeRecord(
    string Id, string Name, int ProcessId, string Version, int Workers, DateTimeOffset StartedAt, DateTimeOffset SeenAt, bool IsAlive, IReadOnlyList<LeaseRecord> Leases);
