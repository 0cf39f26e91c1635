namespace CodRetrieve.Dimse;

/// <summary>Counts outcomes. Safe for use by several threads.</summary>
internal sealed class DimseDeliveryTally
{
    private readonly long[] _counts = new long[Enum.GetValues<DimseDeliveryOutcome>().Length];

    public void Add(DimseDeliveryOutcome outcome) => Interlocked.Increment(ref _counts[(int)outcome]);

    public DimseDeliveryCounts Snapshot()
    {
        var counts = new long[_counts.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = Interlocked.Read(ref _counts[i]);
        }

        return new DimseDeliveryCounts(counts);
    }
}
