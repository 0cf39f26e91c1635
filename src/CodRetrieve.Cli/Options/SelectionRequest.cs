namespace CodRetrieve.Cli.Options;

/// <summary>Which instances of the studies are wanted.</summary>
internal sealed class SelectionRequest
{
    public InstanceFilter? Where { get; init; }

    public IReadOnlyList<string> Series { get; init; } = [];

    public IReadOnlyList<string> Instances { get; init; } = [];

    public SelectionScope Whole { get; init; }

    public InstanceSample? Sample { get; init; }

    public UnknownPolicy Unknown { get; init; }

    /// <summary>Whether series or instances are named.</summary>
    public bool HasUids => Series.Count + Instances.Count > 0;

    /// <summary>Whether nothing is left out.</summary>
    public bool IsAll => !HasUids && Where is null && Sample is null;
}
