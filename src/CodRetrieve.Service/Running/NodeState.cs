using CodRetrieve.Service.Configuration;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Running;

/// <summary>Whether this node takes up shards now.</summary>
internal sealed class NodeState(IOptions<ServiceOptions> options, TimeProvider time)
{
    private readonly NodeOptions _node = options.Value.Node;
    private readonly QuietHours _quiet = QuietHours.Parse(options.Value.Node.QuietHours);
    private volatile string? _ledgerProblem;

    /// <summary>Gets the shards that it may run at the same time now.</summary>
    public int Workers => _node.RunsShards && !_quiet.Contains(TimeOnly.FromDateTime(time.GetLocalNow().DateTime)) ? _node.Workers : 0;

    /// <summary>Gets or sets why the ledger could not be used when it was looked at last, in words; <see langword="null"/> where it could.</summary>
    public string? LedgerProblem
    {
        get => _ledgerProblem;
        set => _ledgerProblem = value;
    }
}
