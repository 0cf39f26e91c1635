namespace CodRetrieve.Dimse;

/// <summary>How many instances a handler has delivered, by their outcome. An immutable snapshot, safe for use by several threads.</summary>
public sealed class DimseDeliveryCounts
{
    private readonly long[] _byOutcome;

    internal DimseDeliveryCounts(long[] byOutcome) => _byOutcome = byOutcome;

    /// <summary>Returns how many instances had an outcome.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <returns>Their number; 0 for none.</returns>
    public long Of(DimseDeliveryOutcome outcome) => (int)outcome >= 0 && (int)outcome < _byOutcome.Length ? _byOutcome[(int)outcome] : 0;

    /// <summary>Returns the numbers that are not zero.</summary>
    /// <returns>For example <c>Stored: 12, Committed: 12</c>.</returns>
    public override string ToString() => string.Join(", ", Enum.GetValues<DimseDeliveryOutcome>().Where(one => Of(one) > 0).Select(one => $"{one}: {Of(one)}"));
}
