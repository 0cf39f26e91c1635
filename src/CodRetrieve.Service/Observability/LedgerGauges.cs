namespace CodRetrieve.Service.Observability;

/// <summary>The shards of requests under way, as the ledger showed them last.</summary>
internal sealed record LedgerGauges(int Waiting, int Queued, int Running, double QueueAgeSeconds);
