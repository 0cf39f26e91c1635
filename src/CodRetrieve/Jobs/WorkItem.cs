using CodRetrieve.Planning;

namespace CodRetrieve.Jobs;

/// <summary>Something for one connection to do: fetch a segment, or walk over the tar for instances by their names.</summary>
/// <param name="Run">The series.</param>
/// <param name="Segment">The segment; <see langword="null"/> for a walk.</param>
/// <param name="ByName">The instances to walk for; empty for a segment.</param>
internal sealed record WorkItem(SeriesRun Run, Segment? Segment, IReadOnlyList<InstanceInfo> ByName);
