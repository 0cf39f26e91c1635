namespace CodRetrieve.Testing;

/// <summary>Says which requests a <see cref="Fault"/> strikes.</summary>
/// <remarks>A rule belongs to one <see cref="FaultPlan"/>, which guards its counts.</remarks>
/// <param name="fault">What happens to the requests struck.</param>
public sealed class FaultRule(Fault fault)
{
    private int _hits;

    /// <summary>What happens to the requests struck.</summary>
    public Fault Fault { get; } = fault;

    /// <summary>The kinds of request that match; all by default.</summary>
    public RequestKind Kinds { get; init; } = RequestKind.All;

    /// <summary>The object names that match; null, the default, for every request, listings included.</summary>
    public Func<string, bool>? ObjectName { get; init; }

    /// <summary>A further condition; null, the default, for none.</summary>
    public Func<RecordedRequest, bool>? When { get; init; }

    /// <summary>How many matching requests pass unharmed first; 0 by default.</summary>
    public int Skip { get; init; }

    /// <summary>How many requests are struck before the rule is spent; null, the default, for no end.</summary>
    public int? Times { get; init; }

    /// <summary>The chance, from 0 to 1, that a matching request is struck; 1 by default. Drawn from the plan's seeded
    /// generator.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>How many requests were struck.</summary>
    public int Hits => Volatile.Read(ref _hits);

    /// <summary>How many requests matched, those skipped or spared by chance included.</summary>
    internal int Matches { get; private set; }

    internal bool Strikes(RecordedRequest request, FaultPlan plan)
    {
        if (Hits >= Times
            || (Kinds & request.Kind) == 0
            || (ObjectName is not null && (request.ObjectName is null || !ObjectName(request.ObjectName)))
            || When?.Invoke(request) == false
            || Matches++ < Skip
            || (Probability < 1 && plan.NextDouble() >= Probability))
        {
            return false;
        }

        _hits++;
        return true;
    }
}
