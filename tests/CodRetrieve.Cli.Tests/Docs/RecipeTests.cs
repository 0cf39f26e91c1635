using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests.Docs;

/// <summary>The commands of the recipes run, print what the recipes show, and do what they say.</summary>
public sealed class RecipeTests
{
    private const string Prefix = "my-prefix/dicomweb";

    [Fact(Timeout = 60_000)]
    public async Task Thin_ct_of_a_cohort_comes_into_folders_of_patients_or_groups()
    {
        await using var store = await CliStore.StartAsync();
        var bucket = store.Server.CreateBucket("my-bucket");
        Put(bucket, "1.2.3.4", "P1", ("CT", 6, 1m), ("MR", 3, 1m));
        Put(bucket, "1.2.3.5", "P2", ("CT", 6, 1.25m), ("MR", 2, null));
        Put(bucket, "1.2.3.6", "P3", ("CT", 3, null), ("CT", 2, 5m), ("US", 2, null));
        var recipe = new RecipeCommands(store, "docs/recipes/cohort.md");
        recipe.WriteTable("cohort.csv");
        store.Folder.Write("salt.txt", "planted-secret");

        var results = await recipe.RunAsync();

        Assert.All(results, result => Assert.Equal(0, result.ExitCode));
        Assert.Equal((3, 1), (results.Count, results.Count(result => result.Error.Contains("may identify people", StringComparison.Ordinal) && result.Out.Contains("Retrieving", StringComparison.Ordinal))));
        Assert.Equal(6, Directory.GetFiles(Path.Combine(store.Folder.Path, "thin-ct", "P1"), "0000?.dcm", SearchOption.AllDirectories).Length);
        Assert.Equal(12, (await ReportTable.ReadAsync(Path.Combine(store.Folder.Path, "thin-ct.csv"))).Count);
        Assert.Equal(["case", "control"], FoldersIn(store, "by-group"));
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(store.Folder.Path, "by-group"), "*.dcm", SearchOption.AllDirectories), path => path.Contains("P1", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_undecided_of_a_cohort_is_included_or_fails_as_the_recipe_says()
    {
        await using var store = await CliStore.StartAsync();
        var bucket = store.Server.CreateBucket("my-bucket");
        Put(bucket, "1.2.3.4", "P1", ("CT", 6, 1m), ("CT", 3, null));

        var included = await RunAsync("include");
        var failed = await RunAsync("fail");

        Assert.Equal((0, 9), (included.ExitCode, included.Json.GetProperty("instancesSaved").GetInt32()));
        Assert.Equal((1, 3), (failed.ExitCode, failed.Json.GetProperty("instancesFailed").GetInt32()));

        Task<CliResult> RunAsync(string policy) => store.RunAsync(
            "download", $"gs://my-bucket/{Prefix}", "1.2.3.4", "-o", Path.Combine(store.Folder.Path, policy), "--where", "Modality=CT and SliceThickness < 1.5", "--unknown", policy, "--json");
    }

    [Fact(Timeout = 60_000)]
    public async Task Previews_cost_few_bytes_and_the_rest_comes_later()
    {
        await using var store = await CliStore.StartAsync();
        var bucket = store.Server.CreateBucket("my-bucket");
        var studies = new[] { "1.2.3.4", "1.2.3.5" }.Select((uid, seed) => new SyntheticStudy(uid, seed)).ToList();
        foreach (var study in studies)
        {
            // Larger than a gap that is read through.
            study.AddSeries(new() { InstanceCount = 40, InstanceSizeBytes = 300_000, MetadataBytesPerInstance = 0 });
            study.PutInto(bucket, Prefix);
        }

        store.Folder.Write("cohort.csv", "StudyInstanceUID", "1.2.3.4", "1.2.3.5");

        var results = await new RecipeCommands(store, "docs/recipes/previews.md").RunAsync();

        Assert.Equal([0, 0, 0], results.Select(result => result.ExitCode));
        Assert.Equal(studies.SelectMany(study => study.Expected()), SavedFiles.InFolder(Path.Combine(store.Folder.Path, "studies")));

        // No instance twice: what is fetched besides are headers of entries.
        Assert.InRange(store.Server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal)), 80 * 300_000, 81 * 300_000);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_preview_alone_costs_a_few_per_cent()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 40, InstanceSizeBytes = 300_000, MetadataBytesPerInstance = 0 });

        await store.DownloadAsync(study, "--sample", "middle");

        Assert.InRange(store.Server.MediaBytesSent(_ => true), 300_000, 40 * 300_000 / 25);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_manifest_for_training_fetches_the_same_instances_again()
    {
        await using var store = await CliStore.StartAsync();
        var bucket = store.Server.CreateBucket("my-bucket");
        Put(bucket, "1.2.3.4", "P1", ("CT", 6, 1m));
        Put(bucket, "1.2.3.5", "P2", ("MR", 4, null));
        var recipe = new RecipeCommands(store, "docs/recipes/training-manifest.md");
        recipe.WriteTable("cohort.csv");

        var results = await recipe.RunAsync();

        Assert.Equal([0, 0], results.Select(result => result.ExitCode));
        var manifest = await ReportTable.ReadAsync(Path.Combine(store.Folder.Path, "manifest.parquet"));
        var again = await ReportTable.ReadAsync(Path.Combine(store.Folder.Path, "again.parquet"));
        Assert.Equal(["bytes", "crc32c", "error", "instance", "Modality", "outcome", "path", "PatientID", "series", "SliceThickness", "split", "study"], manifest[0].Keys.Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal(["P1,CT,1,train", "P2,MR,,test"], manifest.Select(row => $"{row["PatientID"]},{row["Modality"]},{row["SliceThickness"]},{row["split"]}").Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Keys(manifest), Keys(again));
        Assert.Equal((6, 4), (FilesIn(store, "again/train"), FilesIn(store, "again/test")));

        static IEnumerable<string> Keys(IEnumerable<IReadOnlyDictionary<string, string>> rows) => rows.Select(row => $"{row["instance"]} {row["crc32c"]} {row["split"]}").Order(StringComparer.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("--layout", "default")]
    [InlineData("--layout", "{Modality}.dcm")]
    [InlineData("--zip", "--columns", "Modality")]
    public async Task A_manifest_has_rows_for_what_was_saved_before_with_its_places(params string[] more)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await store.DownloadAsync(study, ["--series", study.Series[0].SeriesInstanceUid, .. more.Where(one => one is not ("--columns" or "Modality"))]);

        await store.DownloadAsync(study, ["--report", Path.Combine(store.Folder.Path, "manifest.csv"), "--columns", "Modality", .. more.Where(one => one is not ("--columns" or "Modality"))]);

        var rows = (await File.ReadAllLinesAsync(Path.Combine(store.Folder.Path, "manifest.csv")))[1..].Select(line => line.Split(',')).ToList();
        Assert.Equal(study.Series[0].Instances.Select(one => one.SopInstanceUid).Order(StringComparer.Ordinal), rows.Where(row => row[3] == "skipped").Select(row => row[2]).Order(StringComparer.Ordinal));
        Assert.Equal(study.Series[1].Instances.Count, rows.Count(row => row[3] == "saved"));
        Assert.All(rows, row => Assert.Equal("CT", row[^1]));
        Assert.All(rows, row => Assert.True(File.Exists(row[6].Split("://")[0]), row[6]));
        Assert.Equal(rows.Count, rows.Select(row => row[6]).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_manifest_of_a_download_that_failed_is_refused_as_a_list()
    {
        await using var store = await CliStore.StartAsync(new() { AcceptedTokens = ["another"] });
        var study = store.PutStudy();
        var manifest = Path.Combine(store.Folder.Path, "manifest.parquet");
        await store.DownloadAsync(study, "--report", manifest);

        var result = await store.RunAsync("stats", TestStore.Url, "--from", manifest);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("no UID in its row", result.Error, StringComparison.Ordinal);
    }

    private static void Put(TestBucket bucket, string studyUid, string patient, params (string Modality, int Count, decimal? Thickness)[] series)
    {
        var study = new SyntheticStudy(studyUid, seed: studyUid[^1]);
        foreach (var (modality, count, thickness) in series)
        {
            study.AddSeries(new()
            {
                InstanceCount = count,
                Modality = modality,
                MetadataBytesPerInstance = 0,
                Attributes = _ =>
                [
                    SyntheticAttribute.OfText("00100020", "LO", patient),
                    thickness is { } value ? SyntheticAttribute.OfNumber("00180050", "DS", value) : SyntheticAttribute.Missing("00180050"),
                ],
            });
        }

        study.PutInto(bucket, Prefix);
    }

    private static int FilesIn(CliStore store, string folder) => Directory.GetFiles(Path.Combine(store.Folder.Path, folder), "*.dcm").Length;

    private static IEnumerable<string?> FoldersIn(CliStore store, string folder) =>
        Directory.GetDirectories(Path.Combine(store.Folder.Path, folder)).Select(Path.GetFileName).Where(name => name![0] != '.').Order(StringComparer.Ordinal);
}
