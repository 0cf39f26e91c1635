using CodRetrieve.Service.Configuration;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Running;

/// <summary>Whether this node takes up shards now.</summary>
internal sealed class NodeState(IOptions<ServiceOptions> options, TimeProvider time)
{
    private readonly NodeOptions _node = options.Value.Node;
    private readonly QuietHours _quiet = QuietHours.Parse(options.Value.Node.QuietHours);

    /// <summary>Gets the shards that it may run at the same time now.</summary>
    public int Workers => _node.RunsShards && !_quiet.Contains(TimeOnly.FromDateTime(time.GetLocalNow().DateTime)) ? _node.Workers : 0;
}
