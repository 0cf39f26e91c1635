using System.IO.Compression;
using BenchmarkDotNet.Attributes;
using CodRetrieve.Catalog;
using CodRetrieve.Testing;

namespace CodRetrieve.Benchmarks.Micro;

/// <summary>Reading the index of a series of 1000 instances, 8 KB of JSON each: unpacked, and as it is stored.</summary>
[MemoryDiagnoser]
public class IndexBenchmark
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private byte[] _packed = [];
    private byte[] _json = [];
    private SeriesInfo? _series;

    [GlobalSetup]
    public void Setup()
    {
        var study = new SyntheticStudy("1.2.3", seed: 1);
        var series = study.AddSeries(new() { SeriesInstanceUid = "1.2.3.4", InstanceCount = 1000, InstanceSizeBytes = 1024 });
        using var json = new MemoryStream();
        series.WriteMetadata(json, "bucket", "prefix");
        _json = json.ToArray();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(_json);
        }

        _packed = packed.ToArray();
        Console.WriteLine($"{_json.Length} bytes of JSON, {_packed.Length} packed");
        _series = new SeriesInfo { StudyInstanceUid = "1.2.3", SeriesInstanceUid = "1.2.3.4", TarUri = "gs://bucket/prefix/studies/1.2.3/series/1.2.3.4.tar" };
    }

    [Benchmark(Baseline = true)]
    public async Task<int> Unpack_only()
    {
        await using var gzip = new GZipStream(new MemoryStream(_packed), CompressionMode.Decompress);
        var total = 0;
        for (int count; (count = await gzip.ReadAsync(_buffer)) > 0; total += count)
        {
        }

        return total;
    }

    [Benchmark]
    public async Task<int> Parse_only() =>
        (await SeriesIndexReader.ReadAsync(new MemoryStream(_json), _series!, "index", new AttributeNeeds(), new MetadataDecoderPool(), CancellationToken.None)).Instances.Count;

    [Benchmark]
    public async Task<int> Unpack_and_parse()
    {
        await using var gzip = new GZipStream(new MemoryStream(_packed), CompressionMode.Decompress);
        return (await SeriesIndexReader.ReadAsync(gzip, _series!, "index", new AttributeNeeds(), new MetadataDecoderPool(), CancellationToken.None)).Instances.Count;
    }
}
