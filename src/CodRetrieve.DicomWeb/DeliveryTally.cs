namespace CodRetrieve.DicomWeb;

/// <summary>Counts outcomes. Safe for use by several threads.</summary>
internal sealed class DeliveryTally
{
    private readonly object _gate = new();
    private readonly Dictionary<DeliveryOutcome, long> _outcomes = [];
    private readonly Dictionary<string, long> _syntaxes = new(StringComparer.Ordinal);

    public void Add(DeliveryOutcome outcome, string? transferSyntaxUid = null)
    {
        lock (_gate)
        {
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
            if (outcome == DeliveryOutcome.TransferSyntaxNotAccepted)
            {
                var syntax = transferSyntaxUid ?? "unknown";
                _syntaxes[syntax] = _syntaxes.GetValueOrDefault(syntax) + 1;
            }
        }
    }

    public DeliveryCounts Snapshot()
    {
        lock (_gate)
        {
            return new(new Dictionary<DeliveryOutcome, long>(_outcomes), new Dictionary<string, long>(_syntaxes, StringComparer.Ordinal));
        }
    }
}
