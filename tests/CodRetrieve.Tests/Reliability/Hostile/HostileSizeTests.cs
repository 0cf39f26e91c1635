using System.Globalization;
using System.Text;
using CodRetrieve.Catalog;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Reliability.Hostile;

/// <summary>Input without end, measured by the memory of the whole process.</summary>
[Collection(AloneCollection.Name)]
public sealed class HostileSizeTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("\"1.2.840.{0}\":{{}},")]
    [InlineData("\"../{0}\":{{}},")]
    public async Task Ten_million_instances_are_refused_long_before(string entry)
    {
        var json = new EndlessEntries(entry);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var refused = await Assert.ThrowsAsync<CodFormatException>(() =>
            SeriesIndexReader.ReadAsync(json, IndexJson.Series, "gs://b/metadata.json", new AttributeNeeds(), new MetadataDecoderPool(), CancellationToken.None));

        Assert.Contains("gs://b/metadata.json", refused.Message, StringComparison.Ordinal);
        Assert.InRange(json.Given, 1, SeriesIndexReader.MaxInstances + 10_000);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: false) - before, long.MinValue, 256L * 1024 * 1024);
    }

    private sealed class EndlessEntries(string entry) : ReadOnlyForwardStream
    {
        private ReadOnlyMemory<byte> _part = Encoding.UTF8.GetBytes("{\"study_uid\":\"1\",\"series_uid\":\"2\",\"cod\":{\"instances\":{");

        public int Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_part.IsEmpty)
            {
                _part = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(Given, 1_000).Select(i => string.Format(CultureInfo.InvariantCulture, entry, i))));
                Given += 1_000;
            }

            var count = Math.Min(buffer.Length, _part.Length);
            _part[..count].CopyTo(buffer);
            _part = _part[count..];
            return ValueTask.FromResult(count);
        }
    }
}
