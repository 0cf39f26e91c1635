using System.Text;
using CodRetrieve.Catalog;

namespace CodRetrieve.Tests.Support;

/// <summary>Indexes of study 1, series 2, written by hand.</summary>
internal static class IndexJson
{
    public static SeriesInfo Series => new() { StudyInstanceUid = "1", SeriesInstanceUid = "2", TarUri = "gs://b/p/studies/1/series/2.tar" };

    public static string Of(string instances) => """{"study_uid":"1","series_uid":"2","cod":{"instances":{""" + instances + "}}}";

    public static Task<SeriesIndex> ReadAsync(string json, int chunk = 100_000) =>
        SeriesIndexReader.ReadAsync(new PiecewiseStream(Encoding.UTF8.GetBytes(json), chunk), Series, "gs://b/metadata.json", new AttributeNeeds(), new MetadataDecoderPool(), CancellationToken.None);

    public static async Task<InstanceInfo> ReadOneAsync(string entry)
    {
        var index = await ReadAsync(Of($"\"3\":{entry}"));
        Assert.Empty(index.Problems);
        return Assert.Single(index.Instances);
    }

    public static string Describe(SeriesIndex index) => string.Join(
        '|',
        index.Instances.Select(i => $"{i.SopInstanceUid} {i.SizeBytes} {i.Crc32c} {i.TarRange}").Concat(index.Problems.Select(problem => problem.Message)));
}
