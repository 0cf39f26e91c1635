namespace CodRetrieve.Testing.Contracts;

/// <summary>Series and instances as a store's index would give them, and bytes for them.</summary>
/// <param name="isDicom">Whether the bytes are DICOM files with the UIDs of the instance; then none is smaller than <see cref="MinDicomBytes"/>.</param>
internal sealed class SampleInstances(bool isDicom)
{
    private const int UnknownSize = 1000;

    // More than any header of a sample.
    private const int MinDicomBytes = 1024;

    /// <summary>A series of the study with one instance for each size, named <c>{series}.1</c>, <c>{series}.2</c>…</summary>
    public SeriesInfo WithSizes(string series, params IEnumerable<long?> sizes) => CodModelFactory.Series(
        HandlerProbe.Study, series, instances: sizes.Select((size, i) => ($"{series}.{i + 1}", size is { } known ? Fit((int)known) : (long?)null, (uint?)null)));

    /// <summary>A series of instances of about one size, no two alike.</summary>
    public SeriesInfo Of(string series, int count, int firstSize = 1000) =>
        WithSizes(series, Enumerable.Range(firstSize, count).Select(static size => (long?)size));

    /// <summary>Bytes that are the same for the same instance each time, and different for another.</summary>
    public byte[] Bytes(InstanceInfo instance) =>
        Bytes(instance, (int)(instance.SizeBytes ?? Fit(UnknownSize)), instance.SopInstanceUid.Aggregate(17, static (hash, c) => unchecked((hash * 31) + c)));

    /// <summary>Bytes for the same instance that are others, and fewer or more.</summary>
    public byte[] OtherBytes(InstanceInfo instance) => Bytes(instance, Fit(77), seed: 0);

    private byte[] Bytes(InstanceInfo instance, int size, int seed)
    {
        if (!isDicom)
        {
            return SampleBytes.Of(size, seed);
        }

        var tags = new DicomTags(
            instance.SopInstanceUid, instance.Series.StudyInstanceUid, instance.Series.SeriesInstanceUid, "1.2.840.10008.5.1.4.1.1.2", "CT", "Contract", SeriesNumber: 1, InstanceNumber: 1);
        var bytes = new byte[size];
        new InstanceContent(tags, size, allowTrailingByte: true, unchecked((ulong)seed)).Read(0, bytes);
        return bytes;
    }

    private int Fit(int size) => isDicom && size < MinDicomBytes ? MinDicomBytes + size : size;
}
