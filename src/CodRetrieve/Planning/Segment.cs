using CodRetrieve.Storage;

namespace CodRetrieve.Planning;

/// <summary>One ranged read of one tar, with the whole instances that are wanted of it, in the order in which they lie there.</summary>
/// <param name="Range">The bytes to read: from the first instance's first byte to the last one's last.</param>
/// <param name="Instances">The instances, each with a <see cref="InstanceInfo.TarRange"/> within <paramref name="Range"/>, none overlapping.</param>
internal sealed record Segment(ByteRange Range, IReadOnlyList<InstanceInfo> Instances);
