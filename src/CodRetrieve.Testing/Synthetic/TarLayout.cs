namespace CodRetrieve.Testing;

/// <summary>Lays instances out as the COD writer's tar does.</summary>
internal static class TarLayout
{
    /// <summary>When every synthetic instance was modified: 2024-01-02 10:11:12 UTC.</summary>
    public const long ModifiedUnixSeconds = 1_704_190_272;

    private const int EndLength = 2 * TarHeaderContent.BlockSize;
    private const int RecordSize = 20 * TarHeaderContent.BlockSize;

    /// <summary>Gives each instance its place, and the tar of those that it is to hold.</summary>
    public static CompositeContent Place(IReadOnlyList<SyntheticInstance> inTarOrder, SyntheticSeriesOptions options)
    {
        var parts = new List<IObjectContent>(inTarOrder.Count * 3);
        var held = options.OmitTar ? 0 : options.StaleTarCount ?? inTarOrder.Count;
        long position = 0, end = 0;
        for (var i = 0; i < inTarOrder.Count; i++)
        {
            var instance = inTarOrder[i];
            instance.StartByte = position + TarHeaderContent.HeaderLength;
            instance.IsInTar = i < held;
            var padding = TarHeaderContent.Padding(instance.SizeBytes);
            var gap = i + 1 == options.ZeroGapAfter ? EndLength : 0;
            position = instance.EndByte + padding + gap;
            if (instance.IsInTar)
            {
                parts.Add(new TarHeaderContent(instance.EntryName, instance.SizeBytes, ModifiedUnixSeconds));
                parts.Add(instance.IsCorrupt ? new FlippedContent(instance.Content, instance.SizeBytes / 2, bit: 3) : instance.Content);
                parts.Add(new ZeroContent(padding + gap));
                end = position;
            }
        }

        var records = (end + EndLength + RecordSize - 1) / RecordSize;
        parts.Add(new ZeroContent((records * RecordSize) - end));
        return new CompositeContent(parts);
    }
}
