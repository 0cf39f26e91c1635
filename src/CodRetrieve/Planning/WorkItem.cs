namespace CodRetrieve.Planning;

/// <summary>Something for one connection to do for a series.</summary>
/// <param name="Kind">What is to do.</param>
/// <param name="Instances">The instances that it is done for.</param>
internal sealed record WorkItem(WorkKind Kind, IReadOnlyList<InstanceInfo> Instances)
{
    /// <summary>The bytes to fetch; <see langword="null"/> unless the kind is <see cref="WorkKind.Range"/>.</summary>
    public Segment? Segment { get; private init; }

    public static WorkItem Of(Segment segment) => new(WorkKind.Range, segment.Instances) { Segment = segment };
}
