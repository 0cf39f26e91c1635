using BenchmarkDotNet.Attributes;
using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Transfer;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Benchmarks.Micro;

/// <summary>Taking instances out of a tar in memory, by their offsets and by the walk, every byte checked.</summary>
[MemoryDiagnoser]
public class SegmentBenchmark
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private byte[] _tar = [];
    private ObjectReader? _objects;
    private List<InstanceInfo> _instances = [];

    [Params(2 * 1024, 32 * 1024, 512 * 1024)]
    public int InstanceBytes { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var study = new SyntheticStudy("1.2.3", seed: 1);
        var synthetic = study.AddSeries(new() { SeriesInstanceUid = "1.2.3.4", InstanceCount = 16 * 1024 * 1024 / InstanceBytes, InstanceSizeBytes = InstanceBytes });
        _tar = await synthetic.Tar.ReadAllAsync(CancellationToken.None);
        var series = new SeriesInfo { StudyInstanceUid = "1.2.3", SeriesInstanceUid = "1.2.3.4", TarUri = "memory" };
        _instances = [.. synthetic.Instances.Select(instance => new InstanceInfo
        {
            Series = series,
            SopInstanceUid = instance.SopInstanceUid,
            SizeBytes = instance.SizeBytes,
            Crc32c = instance.Crc32c,
            TarRange = new ByteRange(instance.StartByte, instance.EndByte),
        })];
        _objects = new ObjectReader(new MemoryStore(_tar), new RequestPolicy(new CodDownloadOptions(), NullLogger.Instance), RequestBudget.Fixed(1));
    }

    [Benchmark(Baseline = true)]
    public async Task<long> Slice_by_offsets()
    {
        await using var cursor = Open(new ByteRange(_instances[0].TarRange!.Value.Start, _instances[^1].TarRange!.Value.EndExclusive));
        var total = 0L;
        foreach (var instance in _instances)
        {
            await cursor.MoveToAsync(instance.TarRange!.Value.Start, CancellationToken.None);
            total += await ReadAsync(cursor, instance, instance.SizeBytes!.Value);
        }

        return total;
    }

    [Benchmark]
    public async Task<long> Walk_by_names()
    {
        await using var cursor = Open(new ByteRange(0, _tar.Length));
        var walk = new TarScanner(cursor, _tar.Length);
        var wanted = _instances.ToDictionary(instance => instance.EntryName, StringComparer.Ordinal);
        var total = 0L;
        while (await walk.NextAsync(CancellationToken.None) is { } entry)
        {
            total += await ReadAsync(cursor, wanted[entry.Name], entry.Size);
        }

        return total;
    }

    private TarCursor Open(ByteRange range) => new(_objects!, new ObjectRange("tar", null, _tar.Length, range), new RequestPermit(_objects!.Budget, RequestPurpose.Content), null);

    private async Task<long> ReadAsync(TarCursor cursor, InstanceInfo instance, long size)
    {
        await using var content = new InstanceContent(cursor, instance, size, null);
        var total = 0L;
        for (int count; (count = await content.ReadAsync(_buffer)) > 0; total += count)
        {
        }

        return total;
    }

    private sealed class MemoryStore(byte[] tar) : IObjectStore
    {
        public string GetUri(string objectName) => objectName;

        public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ObjectContent> OpenReadAsync(string objectName, long? generation, ByteRange? range, CancellationToken cancellationToken) =>
            Task.FromResult(new ObjectContent(new MemoryStream(tar, (int)range!.Value.Start, (int)range.Value.Length), range.Value.Start));
    }
}
