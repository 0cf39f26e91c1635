namespace CodRetrieve.Tests.Support;

/// <summary>Builds series and instances as a store's index would give them, and bytes for them.</summary>
public static class TestSeries
{
    /// <summary>A series with one instance for each size, named <c>{series}.1</c>, <c>{series}.2</c>…</summary>
    public static SeriesInfo WithSizes(string study, string series, params long?[] sizes)
    {
        var instances = new List<InstanceInfo>();
        var info = new SeriesInfo
        {
            StudyInstanceUid = study,
            SeriesInstanceUid = series,
            TarUri = $"gs://test/dicomweb/studies/{study}/series/{series}.tar",
            Instances = instances,
        };
        instances.AddRange(sizes.Select((size, i) => new InstanceInfo { Series = info, SopInstanceUid = $"{series}.{i + 1}", SizeBytes = size }));
        return info;
    }

    /// <summary>A series of several instances with the bytes that <see cref="Bytes"/> gives.</summary>
    public static SeriesInfo Of(string study, string series, int count, int firstSize = 1000) =>
        WithSizes(study, series, [.. Enumerable.Range(0, count).Select(i => (long?)(firstSize + i))]);

    /// <summary>Bytes that are the same for the same instance each time, and different for another.</summary>
    public static byte[] Bytes(InstanceInfo instance)
    {
        var bytes = new byte[instance.SizeBytes ?? 1000];
        var seed = instance.SopInstanceUid.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The bytes as content that comes in awkward pieces.</summary>
    public static Stream Content(InstanceInfo instance) => new ChunkedStream(Bytes(instance));
}
