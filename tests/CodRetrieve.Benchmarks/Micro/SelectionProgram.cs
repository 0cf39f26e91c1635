using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using CodRetrieve.Catalog;
using CodRetrieve.Selecting;
using CodRetrieve.Testing;

namespace CodRetrieve.Benchmarks.Micro;

/// <summary>What a condition on attributes costs: the index of a series of 5,000 instances with some 160 attributes each, read without one and with one, in turn.</summary>
internal static class SelectionProgram
{
    private const int Instances = 5_000;

    private static readonly SeriesInfo Series = new() { StudyInstanceUid = "1.2.3", SeriesInstanceUid = "1.2.3.4", TarUri = "gs://bucket/prefix/studies/1.2.3/series/1.2.3.4.tar" };

    public static async Task RunAsync(int runs)
    {
        foreach (var format in Enum.GetValues<IndexFormat>())
        {
            var stored = Stored(format, out var length);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{format}: {Instances} instances, {length / 1e6:0.0} MB of JSON, {stored.Length / 1e6:0.0} MB stored"));
            var needs = new (string Name, AttributeNeeds Needs)[]
            {
                ("no attributes", new AttributeNeeds()),
                ("SliceThickness < 1.5 and ImageType=AXIAL and InstanceNumber between 100 and 4000", NeedsOf("SliceThickness < 1.5 and ImageType=AXIAL and InstanceNumber between 100 and 4000")),
                ("Modality=MR (decided by the first instance)", NeedsOf("Modality=MR")),
            };
            var seconds = needs.Select(_ => new List<double>()).ToArray();
            var allocated = new long[needs.Length];
            for (var run = -1; run < runs; run++)
            {
                for (var i = 0; i < needs.Length; i++)
                {
                    var before = GC.GetTotalAllocatedBytes(precise: true);
                    var started = Stopwatch.GetTimestamp();
                    await ReadAsync(stored, needs[i].Needs);
                    if (run >= 0)
                    {
                        seconds[i].Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
                    }

                    allocated[i] = GC.GetTotalAllocatedBytes(precise: true) - before;
                }
            }

            for (var i = 0; i < needs.Length; i++)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Median(seconds[i]) * 1000,6:0} ms  {Median(seconds[i]) / Median(seconds[0]):0.00} x  {allocated[i] / 1e6,6:0.0} MB allocated  {needs[i].Name}"));
            }
        }
    }

    private static AttributeNeeds NeedsOf(string condition)
    {
        var selection = new Selection().Where(condition);
        return new AttributeNeeds { Condition = new SelectionCondition(selection, new NamedInstances(selection)) };
    }

    private static async Task ReadAsync(byte[] stored, AttributeNeeds needs)
    {
        await using var json = new GZipStream(new MemoryStream(stored), CompressionMode.Decompress);
        await SeriesIndexReader.ReadAsync(json, Series, "index", needs, new MetadataDecoderPool(), CancellationToken.None);
    }

    private static byte[] Stored(IndexFormat format, out long length)
    {
        var series = new SyntheticStudy("1.2.3", seed: 1).AddSeries(new()
        {
            SeriesInstanceUid = "1.2.3.4",
            InstanceCount = Instances,
            InstanceSizeBytes = 1024,
            MetadataBytesPerInstance = 0,
            IndexFormat = format,
            Attributes = Attributes,
        });
        using var json = new MemoryStream();
        series.WriteMetadata(json, "bucket", "prefix");
        length = json.Length;
        using var stored = new MemoryStream();
        using (var gzip = new GZipStream(stored, CompressionLevel.Optimal))
        {
            gzip.Write(json.GetBuffer(), 0, (int)json.Length);
        }

        return stored.ToArray();
    }

    private static IEnumerable<SyntheticAttribute> Attributes(int instance) =>
    [
        SyntheticAttribute.OfNumber("00180050", "DS", instance % 3),
        SyntheticAttribute.OfText("00080008", "CS", "ORIGINAL", "PRIMARY", instance % 2 == 0 ? "AXIAL" : "LOCALIZER"),
        .. Enumerable.Range(0, 140).Select(i => SyntheticAttribute.OfText($"0019{0x1000 + i:X4}", "LO", $"value {i} of the instance {instance}, some text")),
    ];

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
