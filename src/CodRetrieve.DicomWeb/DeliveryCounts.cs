namespace CodRetrieve.DicomWeb;

/// <summary>How many instances a handler has delivered, by their outcome. An immutable snapshot, safe for use by several threads.</summary>
public sealed class DeliveryCounts
{
    private readonly IReadOnlyDictionary<DeliveryOutcome, long> _byOutcome;

    internal DeliveryCounts(IReadOnlyDictionary<DeliveryOutcome, long> byOutcome, IReadOnlyDictionary<string, long> rejectedTransferSyntaxes) =>
        (_byOutcome, RejectedTransferSyntaxes) = (byOutcome, rejectedTransferSyntaxes);

    /// <summary>Gets how many instances were not delivered because of their transfer syntax, by its UID: what the receiver would have to accept.</summary>
    public IReadOnlyDictionary<string, long> RejectedTransferSyntaxes { get; }

    /// <summary>Returns how many instances had an outcome.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <returns>Their number; 0 for none.</returns>
    public long Of(DeliveryOutcome outcome) => _byOutcome.GetValueOrDefault(outcome);

    /// <summary>Returns the numbers that are not zero.</summary>
    /// <returns>For example <c>Stored: 12, Refused: 1</c>.</returns>
    public override string ToString() => string.Join(", ", _byOutcome.OrderBy(static pair => pair.Key).Select(static pair => $"{pair.Key}: {pair.Value}"));
}
