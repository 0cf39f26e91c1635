namespace CodRetrieve.Testing;

/// <summary>What goes wrong at a <see cref="GcsTestServer"/>: rules in order, of which the first that strikes a request
/// decides.</summary>
/// <remarks>Thread-safe. With one connection a plan repeats exactly under the same <see cref="Seed"/>; with several, which request draws
/// which number depends on the order of their arrival.</remarks>
public sealed class FaultPlan
{
    private readonly Gate _gate = new();
    private readonly Random _random;
    private readonly List<FaultRule> _rules = [];
    private int _hits;

    internal FaultPlan(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
    }

    /// <summary>The seed of chances and random offsets: put it into a test's failure message to see the same faults again.</summary>
    public int Seed { get; }

    /// <summary>How many requests have been struck, by all rules, removed ones included.</summary>
    public int HitCount => Volatile.Read(ref _hits);

    /// <summary>The rules, in order: a snapshot.</summary>
    public IReadOnlyList<FaultRule> Rules
    {
        get
        {
            lock (_gate)
            {
                return _rules.ToArray();
            }
        }
    }

    /// <summary>Adds a rule behind those there are.</summary>
    /// <param name="rule">The rule; its conditions run under the plan's lock and must be quick.</param>
    /// <returns>The same rule.</returns>
    public FaultRule Add(FaultRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentOutOfRangeException.ThrowIfNegative(rule.Skip);
        ArgumentOutOfRangeException.ThrowIfNegative(rule.Times ?? 0);
        ArgumentOutOfRangeException.ThrowIfNegative(rule.Probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rule.Probability, 1);
        lock (_gate)
        {
            _rules.Add(rule);
        }

        return rule;
    }

    /// <summary>Adds a rule behind those there are.</summary>
    /// <param name="fault">What happens.</param>
    /// <param name="kinds">The kinds of request struck; all by default.</param>
    /// <param name="objectName">The object names struck; null, the default, for every request.</param>
    /// <param name="times">How many requests are struck; null, the default, for no end.</param>
    /// <param name="skip">How many matching requests pass unharmed first; 0 by default.</param>
    /// <param name="probability">The chance, 0 to 1, of a matching request to be struck; 1 by default.</param>
    /// <returns>The rule, to read its hits from.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public FaultRule Add(
        Fault fault,
        RequestKind kinds = RequestKind.All,
        Func<string, bool>? objectName = null,
        int? times = null,
        int skip = 0,
        double probability = 1)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return Add(new FaultRule(fault) { Kinds = kinds, ObjectName = objectName, Times = times, Skip = skip, Probability = probability });
    }

    /// <summary>Removes every rule; responses under way keep their faults.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _rules.Clear();
        }
    }

    internal Fault? Next(RecordedRequest request)
    {
        lock (_gate)
        {
            foreach (var rule in _rules)
            {
                if (rule.Strikes(request, this))
                {
                    _hits++;
                    return rule.Fault;
                }
            }

            return null;
        }
    }

    internal double NextDouble()
    {
        lock (_gate)
        {
            return _random.NextDouble();
        }
    }

    /// <summary>A number from 0 up to, not including, <paramref name="limit"/>; 0 where there is none.</summary>
    internal long NextOffset(long limit)
    {
        lock (_gate)
        {
            return limit <= 0 ? 0 : _random.NextInt64(limit);
        }
    }
}
