namespace CodRetrieve.Testing.Contracts;

/// <summary>Series and instances as a store's index would give them, and bytes for them.</summary>
internal static class SampleInstances
{
    private const int UnknownSize = 1000;

    /// <summary>A series of the study with one instance for each size, named <c>{series}.1</c>, <c>{series}.2</c>…</summary>
    public static SeriesInfo WithSizes(string series, params IEnumerable<long?> sizes) => CodModelFactory.Series(
        HandlerProbe.Study, series, instances: sizes.Select((size, i) => ($"{series}.{i + 1}", size, (uint?)null)));

    /// <summary>A series of instances of about one size, no two alike.</summary>
    public static SeriesInfo Of(string series, int count, int firstSize = 1000) =>
        WithSizes(series, Enumerable.Range(firstSize, count).Select(static size => (long?)size));

    /// <summary>Bytes that are the same for the same instance each time, and different for another.</summary>
    public static byte[] Bytes(InstanceInfo instance) => SampleBytes.Of(
        (int)(instance.SizeBytes ?? UnknownSize), instance.SopInstanceUid.Aggregate(17, static (hash, c) => unchecked((hash * 31) + c)));
}
