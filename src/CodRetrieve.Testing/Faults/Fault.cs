using System.Globalization;

namespace CodRetrieve.Testing;

/// <summary>Something that goes wrong with one response; immutable, and reusable in any number of rules.</summary>
/// <remarks>Offsets and counts are bytes of the body of that response, not of the object. A count beyond the body strikes at its
/// end.</remarks>
public sealed partial class Fault
{
    private readonly string _description;
    private readonly Action<ResponsePlan, FaultPlan> _apply;

    private Fault(string description, Action<ResponsePlan, FaultPlan> apply)
    {
        _description = description;
        _apply = apply;
    }

    /// <summary>The fault as it was made, such as <c>ResetAfter(1000)</c>.</summary>
    public override string ToString() => _description;

    internal void Apply(ResponsePlan plan, FaultPlan faults) => _apply(plan, faults);

    private static Fault Of(FormattableString description, Action<ResponsePlan> apply) =>
        new(description.ToString(CultureInfo.InvariantCulture), (plan, _) => apply(plan));

    private static Fault AtRandom(string description, Action<ResponsePlan, long> apply) =>
        new(description, (plan, faults) => apply(plan, faults.NextOffset(plan.BodyLength)));

    private static void Stop(ResponsePlan plan, long after, BodyEnd end)
    {
        plan.StopAfter = after;
        plan.End = end;
    }
}
