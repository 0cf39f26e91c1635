using System.Globalization;
using System.Net;
using System.Text;
using CodRetrieve.Catalog;
using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;
using Checksum = CodRetrieve.IO.Crc32C;

namespace CodRetrieve.Tests.Reliability.Mutations;

/// <summary>
/// 46,000 damaged inputs, each to the part that reads it: no hang, no exception but those that are documented, no large allocation, no
/// wrong byte.
/// </summary>
[Collection(AloneCollection.Name)]
[Trait("Duration", "long")]
public sealed class InputMutationTests(ITestOutputHelper output)
{
    private const string Prefix = "p";
    private const string Bucket = "b";

    private readonly MutationRun _run = new(output);

    [Fact(Timeout = 200_000)]
    public async Task Damaged_indexes_are_read_right_or_refused()
    {
        var study = new SyntheticStudy("1", seed: 3);
        var series = study.AddSeries(new() { SeriesInstanceUid = "2", InstanceCount = 3, InstanceSizeBytes = 3_000, MetadataBytesPerInstance = 300 });
        var tar = await series.Tar.ReadAllAsync(CancellationToken.None);
        var json = new MemoryStream();
        series.WriteMetadata(json, Bucket, Prefix);
        var original = json.ToArray();
        var whole = new HashSet<string>(series.Instances.Select(instance => Sha256(tar.AsSpan()[(int)instance.StartByte..(int)instance.EndByte])), StringComparer.Ordinal);

        await _run.RunAsync(20_000, async (mutator, random) =>
        {
            var info = new SeriesInfo { StudyInstanceUid = "1", SeriesInstanceUid = "2", TarUri = "gs://b/p/studies/1/series/2.tar" };
            SeriesIndex index;
            try
            {
                var damaged = random.Next(2) == 0 ? mutator.Damage(original) : new StructureMutator(random).Damage(original);
                index = await SeriesIndexReader.ReadAsync(new PiecewiseStream(damaged, random.Next(1, 5_000)), info, "gs://b/metadata.json", new AttributeNeeds(), new MetadataDecoderPool(), CancellationToken.None);
            }
            catch (CodFormatException)
            {
                return "refused";
            }

            foreach (var instance in index.Instances)
            {
                Assert.True(SafeUid.IsSafe(instance.SopInstanceUid));
                // What would be taken for whole must be one of the instances, whatever else the index says.
                if (instance is { Crc32c: { } crc, TarRange: { } range } && range.EndExclusive <= tar.Length
                    && Checksum.Append(0, tar.AsSpan()[(int)range.Start..(int)range.EndExclusive]) == crc)
                {
                    Assert.Contains(Sha256(tar.AsSpan()[(int)range.Start..(int)range.EndExclusive]), whole);
                }
            }

            return index.Problems.Count > 0 ? "read with problems" : "read";
        });
    }

    [Fact(Timeout = 200_000)]
    public async Task Damaged_tars_are_scanned_to_their_end()
    {
        var series = new SyntheticStudy("1", seed: 4).AddSeries(new() { SeriesInstanceUid = "2", InstanceCount = 4, InstanceSizeBytes = 1_500 });
        var original = (await series.Tar.ReadAllAsync(CancellationToken.None)).ToArray();

        await _run.RunAsync(8_000, async (mutator, random) =>
        {
            var damaged = mutator.Damage(original);
            if (random.Next(2) == 0)
            {
                // With right checksums the damage reaches further than the first look.
                RepairChecksums(damaged);
            }

            var tar = new MemoryTar(damaged, random.Next(1, 20_000));
            var found = await tar.WalkAsync();
            Assert.InRange(found.Sum(entry => (long)entry.Data.Length), 0, damaged.Length);
            return found.Count == 4 ? "all entries found" : "some entries found";
        });
    }

    [Fact(Timeout = 200_000)]
    public async Task Damaged_listings_are_read_right_or_refused()
    {
        var original = Encoding.UTF8.GetBytes("""
            {"kind":"storage#objects","nextPageToken":"bmV4dA==","prefixes":["p/studies/1/series/9/"],"items":[
            {"name":"p/studies/1/series/2.tar","size":"19456","generation":"1700000000000001","crc32c":"4waSgw=="},
            {"name":"p/studies/1/series/2/metadata.json","size":"812","generation":"1700000000000002","crc32c":"4waSgw==","contentEncoding":"gzip"},
            {"name":"p/studies/1/series/2/.gradient.lock","size":"2","generation":"1700000000000003"}]}
            """);

        await _run.RunAsync(10_000, async (mutator, random) =>
        {
            try
            {
                var page = await GcsListing.ReadAsync(new PiecewiseStream(mutator.Damage(original), random.Next(1, 900)), "gs://b/p", CancellationToken.None);
                Assert.All(page.Items, item => Assert.True(item.SizeBytes >= 0));
                var builder = new StudyListingBuilder("1", "p/studies/1/series/", name => "gs://b/" + name);
                builder.Add(page);
                Assert.All(builder.Build().Series, series => Assert.True(SafeUid.IsSafe(series.Series.SeriesInstanceUid)));
                return "read";
            }
            catch (CodRetrieveException e) when (e is CodFormatException or ObjectStoreException { Reason: ObjectStoreFailure.InvalidResponse })
            {
                return "refused";
            }
        });
    }

    [Fact(Timeout = 200_000)]
    public async Task Damaged_headers_give_the_right_bytes_or_a_failure()
    {
        var content = Support.Bytes.Random(4_000);

        await _run.RunAsync(8_000, async (mutator, random) =>
        {
            var range = random.Next(3) == 0 ? (ByteRange?)null : new ByteRange(random.Next(0, 1_000), random.Next(1_001, 4_000));
            using var http = new HttpClient(new HeaderHandler(content, mutator, random));
            var options = new CodDownloadOptions { MaxRetryAttempts = 0, HttpClientFactory = () => http }.Validated();
            using var source = new HttpClientSource(options);
            var store = new GcsObjectStore(source, Bucket, CodCredential.Anonymous, options);
            var objects = new ObjectReader(store, new RequestPolicy(options, NullLogger.Instance), RequestBudget.Fixed(1));
            await using var stream = await objects.OpenAsync(new ObjectRange("object", 1700000000000001, content.Length, range), null, CancellationToken.None);
            try
            {
                var bytes = await stream.ReadToEndAsync();
                Assert.Equal(range is { } wanted ? content[(int)wanted.Start..(int)wanted.EndExclusive] : content, bytes);
                return "right bytes";
            }
            catch (ObjectStoreException e)
            {
                return e.Reason.ToString();
            }
        });
    }

    private static void RepairChecksums(byte[] tar)
    {
        for (var block = 0; block + 512 <= tar.Length; block += 512)
        {
            if (tar.AsSpan(block + 257, 5).SequenceEqual("ustar"u8))
            {
                TarBlocks.Sum(tar[block..(block + 512)]).CopyTo(tar, block);
            }
        }
    }

    private static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes));

    /// <summary>Answers a range with the right bytes and one to four headers that are not as they should be.</summary>
    private sealed class HeaderHandler(byte[] content, Mutator mutator, Random random) : HttpMessageHandler
    {
        private static readonly string[] Odd = ["", "bytes */4000", "bytes 0-3999/*", "bytes -1--2/3", "items 0-1/2", "0", "-1", "99999999999999999999", "gzip", "identity", "Thu, 01 Jan 1970 00:00:00 GMT", "\u00e4"];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var asked = request.Headers.Range?.Ranges.Single();
            var (start, end) = asked is null ? (0L, content.Length - 1L) : (asked.From!.Value, asked.To!.Value);
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["Content-Length"] = (end - start + 1).ToString(CultureInfo.InvariantCulture),
                ["Content-Type"] = "application/octet-stream",
                ["x-goog-generation"] = "1700000000000001",
                ["x-goog-hash"] = "crc32c=4waSgw==,md5=AAAA",
                ["x-goog-stored-content-encoding"] = "identity",
                ["x-goog-stored-content-length"] = "4000",
                ["Retry-After"] = "3",
                ["Date"] = "Thu, 01 Jan 2026 00:00:00 GMT",
                ["Content-Encoding"] = "",
            };
            if (asked is not null)
            {
                headers["Content-Range"] = $"bytes {start}-{end}/{content.Length}";
            }

            for (var count = random.Next(1, 5); count > 0; count--)
            {
                var name = headers.Keys.ElementAt(random.Next(headers.Count));
                headers[name] = random.Next(4) switch
                {
                    0 => Odd[random.Next(Odd.Length)],
                    1 => "",
                    2 => random.NextInt64(-5, 5_000).ToString(CultureInfo.InvariantCulture),
                    _ => Encoding.Latin1.GetString(mutator.Damage(Encoding.Latin1.GetBytes(headers[name] + " "))),
                };
            }

            var status = random.Next(12) switch
            {
                0 => (HttpStatusCode)random.Next(200, 600),
                1 => HttpStatusCode.OK,
                _ => asked is null ? HttpStatusCode.OK : HttpStatusCode.PartialContent,
            };
            var response = new HttpResponseMessage(status) { Content = new StreamContent(new PiecewiseStream(content.AsMemory((int)start, (int)(end - start + 1)), random.Next(1, 5_000))) };
            foreach (var (name, value) in headers.Where(header => header.Value.Length > 0))
            {
                if (!response.Headers.TryAddWithoutValidation(name, value))
                {
                    response.Content.Headers.TryAddWithoutValidation(name, value);
                }
            }

            return Task.FromResult(response);
        }
    }
}
