using System.Text.Json;

namespace CodRetrieve.Tests.Support;

/// <summary>The store that the COD writer itself wrote, where it is present: <c>shared/fixtures</c> beside the repository.</summary>
public sealed class SharedFixtures
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private SharedFixtures(string root, Manifest manifest)
    {
        Root = root;
        Bucket = manifest.Bucket;
        Prefix = manifest.Prefix;
        Series = manifest.Series;
    }

    /// <summary>Why a test that needs them is skipped; <see langword="null"/> where they are present.</summary>
    public static string? Absence => Find() is null ? "The folder shared/fixtures is not beside the repository." : null;

    public static SharedFixtures? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var manifest = Path.Combine(folder.FullName, "shared", "fixtures", "manifest.json");
            if (File.Exists(manifest))
            {
                return new SharedFixtures(Path.GetDirectoryName(manifest)!, JsonSerializer.Deserialize<Manifest>(File.ReadAllBytes(manifest), Json)!);
            }
        }

        return null;
    }

    public string Root { get; }

    public string ManifestFile => Path.Combine(Root, "manifest.json");

    public string BucketFolder => Path.Combine(Root, "bucket");

    public string Bucket { get; }

    public string Prefix { get; }

    public IReadOnlyList<FixtureSeries> Series { get; }

    public IReadOnlyList<string> Studies => [.. Series.Select(series => series.Study).Distinct(StringComparer.Ordinal)];

    public FixtureSeries this[string label] => Series.Single(series => series.Label == label);

    public sealed record FixtureSeries(string Label, string Study, string Series, IReadOnlyList<FixtureInstance> Instances);

    public sealed record FixtureInstance(string Sop, long Size, string Crc32c, long StartByte, bool InTar, string? Sha256);

    private sealed record Manifest(string Bucket, string Prefix, IReadOnlyList<FixtureSeries> Series);
}
