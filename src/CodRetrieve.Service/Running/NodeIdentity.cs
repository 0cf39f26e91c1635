using System.Reflection;
using CodRetrieve.Service.Configuration;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Running;

/// <summary>This process among the nodes.</summary>
internal sealed class NodeIdentity(IOptions<ServiceOptions> options)
{
    /// <summary>Gets the name of the process, which no other ever has.</summary>
    public string Id { get; } = $"{options.Value.Node.Name ?? Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";

    public string Name { get; } = options.Value.Node.Name ?? Environment.MachineName;

    public string Version { get; } = typeof(NodeIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
