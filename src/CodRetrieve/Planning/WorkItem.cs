using CodRetrieve.Jobs;

namespace CodRetrieve.Planning;

/// <summary>Something for one connection to do.</summary>
/// <param name="Run">The series.</param>
/// <param name="Kind">What is to do.</param>
/// <param name="Instances">The instances that it is done for.</param>
internal sealed record WorkItem(SeriesRun Run, WorkKind Kind, IReadOnlyList<InstanceInfo> Instances)
{
    /// <summary>The bytes to fetch; <see langword="null"/> unless the kind is <see cref="WorkKind.Range"/>.</summary>
    public Segment? Segment { get; private init; }

    public static WorkItem Of(SeriesRun run, Segment segment) => new(run, WorkKind.Range, segment.Instances) { Segment = segment };
}
