using System.Text;
using CodRetrieve.Catalog;
using CodRetrieve.IO;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Catalog;

public sealed class SeriesIndexMemoryTests
{
    private const int Instances = 5_000;

#if DEBUG
    // Without optimization the compiler makes every asynchronous call an object: some forty for each instance.
    private const long MaxAllocatedBytes = 55_000_000;
#else
    private const long MaxAllocatedBytes = 10_000_000;
#endif

    [Fact]
    public void An_index_of_sixty_megabytes_is_read_without_holding_it()
    {
        using var json = new EndlessIndex();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = SeriesIndexReader.ReadAsync(json, IndexJson.Series, "gs://b/metadata.json", new AttributeNeeds(), new MetadataDecoderPool(), CancellationToken.None);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // The stream completes at once, so that all of it ran on this thread.
        Assert.True(reading.IsCompletedSuccessfully);
        Assert.InRange(json.Given, 60_000_000, 80_000_000);
        Assert.InRange(allocated - json.Allocated, 0, MaxAllocatedBytes);
    }

    [Fact(Timeout = 30_000)]
    public async Task Conditions_on_attributes_hold_none_of_it_either()
    {
        using var json = new EndlessIndex();
        var selection = new Selection().Where("Modality is missing and Rows is missing");
        var needs = new AttributeNeeds { Condition = new Selecting.SelectionCondition(selection, new Selecting.NamedInstances(selection)) };
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = SeriesIndexReader.ReadAsync(json, IndexJson.Series, "gs://b/metadata.json", needs, new MetadataDecoderPool(), CancellationToken.None);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(reading.IsCompletedSuccessfully);
        Assert.Equal(Instances, (await reading).Judgements!.Count(judgement => judgement.IsMet == true));
        Assert.InRange(allocated - json.Allocated, 0, MaxAllocatedBytes + 5_000_000);
    }

    [Fact(Timeout = 30_000)]
    public async Task Every_instance_of_it_is_there()
    {
        using var json = new EndlessIndex();
        var index = await SeriesIndexReader.ReadAsync(json, IndexJson.Series, "gs://b/metadata.json", new AttributeNeeds(), new MetadataDecoderPool(), CancellationToken.None);
        Assert.Equal(Instances, index.Instances.Count);
        Assert.Empty(index.Problems);
        Assert.All(index.Instances, instance => Assert.Equal(500_000, instance.TarRange!.Value.Length));
    }

    /// <summary>Makes the index as it is read.</summary>
    private sealed class EndlessIndex : ForwardOnlyReadStream
    {
        private static readonly string Filler = string.Concat(Enumerable.Repeat("""{"vr":"DS","Value":[1.5,NaN,"text\\"]},""", 320));

        private ReadOnlyMemory<byte> _part = Encoding.UTF8.GetBytes("""{"study_uid":"1","series_uid":"2","cod":{"instances":{""");
        private int _next;

        public long Given { get; private set; }

        public long Allocated { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_part.IsEmpty && _next <= Instances)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                _part = Encoding.UTF8.GetBytes(_next == Instances ? "}}}" : Entry(_next));
                _next++;
                Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            }

            var count = Math.Min(buffer.Length, _part.Length);
            _part[..count].CopyTo(buffer);
            _part = _part[count..];
            Given += count;
            return ValueTask.FromResult(count);
        }

        private static string Entry(int i) => $$"""
            {{(i == 0 ? "" : ",")}}"1.2.840.113619.2.55.{{i}}":{"metadata":{"filler":[{{Filler}}0]},
            "uri":"gs://bucket/prefix/studies/1/series/2.tar://instances/1.2.840.113619.2.55.{{i}}.dcm",
            "headers":{"start_byte":{{i * 600_000L}},"end_byte":{{(i * 600_000L) + 500_000}}},"crc32c":"4waSgw==","size":500000}
            """;
    }
}
